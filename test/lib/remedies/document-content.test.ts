import { describe, expect, it } from 'vitest';
import { completeDocument } from '../../../lib/remedies/document-content.ts';

const OWN = {
  description: '## Open a valve',
  parameters: { Valve: { type: 'String', description: 'The valve.' } },
  mainSteps: [
    { name: 'mayAct', action: 'responder:endDryRun' },
    { name: 'openValve', action: 'aws:executeAwsApi', onceOnly: true },
    { name: 'end', action: 'aws:sleep' },
  ],
};
const complete = (own: object) => completeDocument('runbooks/open-valve.yaml', { ...OWN, ...own });

describe('a document is given', () => {
  it('the schema version, and a role that comes first among its parameters', () => {
    const { schemaVersion, assumeRole, parameters } = complete({});
    expect([schemaVersion, assumeRole]).toEqual(['0.3', '{{ AutomationAssumeRole }}']);
    expect(Object.keys(parameters)).toEqual(['AutomationAssumeRole', 'Valve', 'DryRun']);
  });

  it('a branch at which a dry run goes to its end, and any other run to the next step', () => {
    expect(complete({}).mainSteps[0]).toEqual({
      name: 'mayAct',
      action: 'aws:branch',
      inputs: {
        Choices: [{ NextStep: 'openValve', Variable: '{{ DryRun }}', StringEquals: 'false' }],
        Default: 'end',
      },
    });
  });

  it('the parameter DryRun, "true" by default, only where a step refers to it', () => {
    expect(complete({}).parameters['DryRun']?.default).toBe('true');
    expect(complete({ mainSteps: OWN.mainSteps.slice(1) }).parameters['DryRun']).toBeUndefined();
  });
});

it.each([
  ['schemaVersion', { schemaVersion: '0.3' }],
  ['parameters.DryRun', { parameters: { DryRun: { type: 'String', description: 'Dry.' } } }],
  ['step', { step: [] }],
])('a document with %s of its own is refused', (part, own) => {
  expect(() => complete(own)).toThrow(`runbooks/open-valve.yaml has ${part}: leave it out`);
});
