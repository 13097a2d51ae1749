import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assumptionsOf } from '../../../lib/remedies/assumptions.ts';
import { completeDocument, readDocument } from '../../../lib/remedies/document-content.ts';
import type { DocumentStep } from '../../../lib/remedies/repeated-steps.ts';

const files = readdirSync(`${import.meta.dirname}/../../../runbooks`);

it.each(files)('%s takes nothing for granted that AWS does not document', file => {
  expect(assumptionsOf(readDocument(file.replace('.yaml', '')).mainSteps)).toEqual([]);
});

const reads = (name: string, more: object = {}): DocumentStep => ({
  ...{ name, action: 'aws:executeAwsApi', inputs: { Service: 'rds', Api: 'DescribeDBClusters' } },
  ...more,
});
const selects = (Selector: string) => reads('read', { outputs: [{ Name: 'Found', Selector, Type: 'String' }] });
const watches = (DesiredValues: unknown[], PropertySelector = '$.DBClusters[0].MultiAZ'): DocumentStep => ({
  ...{ name: 'watch', action: 'aws:assertAwsResourceProperty' },
  inputs: { Service: 'rds', Api: 'DescribeDBClusters', PropertySelector, DesiredValues },
});
const branch = (inputs: object, more: object = {}): DocumentStep => ({
  ...{ name: 'choose', action: 'aws:branch' },
  inputs: { Choices: [{ NextStep: 'watch', Variable: '{{ DryRun }}', StringEquals: 'false' }], ...inputs },
  ...more,
});
const change: DocumentStep = {
  ...{ name: 'change', action: 'aws:executeAwsApi', inputs: { Service: 'rds', Api: 'FailoverDBCluster' } },
};
const invoked = (name: string, dryRun: string): DocumentStep => ({
  ...{ name, action: 'aws:invokeLambdaFunction', inputs: { FunctionName: 'f', InputPayload: { dryRun } } },
});
const sleep = (name: string, Duration: string, more: object = {}): DocumentStep => ({
  ...{ name, action: 'aws:sleep', inputs: { Duration } },
  ...more,
});
const loop = (...Steps: DocumentStep[]): DocumentStep => ({ name: 'loop', action: 'aws:loop', inputs: { Steps } });
const watch = watches(['available']);
const atOnce = (what: string) => `${what} looks at once at what change changed`;

it.each<[string, DocumentStep[], string | undefined]>([
  ['a member of a list beyond the first', [selects('$.DBClusters[0].DBClusterMembers[2]')], 'read selects'],
  ['the first member of a list within', [selects('$.DBClusters[0].DBClusterMembers[0]')], 'read selects'],
  ['a field of what was asked for', [selects('$.DBClusters[0].Status')], 'read selects'],
  ['what was asked for', [selects('$.DBClusters[0]')], undefined],
  ['a list of the answer', [selects('$.DBClusters')], undefined],
  ['a field of a function’s answer', [selects('$.Payload.verdict')], undefined],
  ['a field within a field of a function’s answer', [selects('$.Payload.verdict.reason')], 'read selects'],
  ['a member within a loop', [loop(sleep('pause', 'PT9S'), selects('$.A[0].B[1]'))], 'read selects'],
  ['a property of another member', [watches(['a'], '$.DBClusters[1].Status')], 'watch watches'],
  ['a branch without a default', [branch({}), watch], 'choose has no Default'],
  ['a branch that is an end', [branch({ Default: 'watch' }, { isEnd: true }), watch], 'choose is an end'],
  ['a boolean in one case', [watches(['true'])], 'name "True" too'],
  ['a boolean that is none of YAML’s', [watches([true, 'available'])], 'name "True" too'],
  ['a boolean in both cases', [watches(['False', 'false'])], undefined],
  ['a look at once', [change, watch], atOnce('watch')],
  ['a look at once by a function', [change, invoked('look', 'true')], atOnce('look')],
  ['a look after a branch', [change, branch({ Default: 'end' }), watch, sleep('end', 'PT1S')], atOnce('watch')],
  ['a look after a named step', [{ ...change, nextStep: 'watch' }, sleep('pause', 'PT9S'), watch], atOnce('watch')],
  ['a look after a moment', [change, sleep('moment', 'PT1S'), watch], atOnce('watch')],
  ['a look after a pause', [change, sleep('pause', 'PT1M'), watch], undefined],
  ['an end at once', [{ ...change, isEnd: true }, watch], undefined],
  ['another change at once', [change, invoked('act', '{{ DryRun }}')], undefined],
  ['a loop that begins with a look', [loop(watch)], 'loop does not begin with a pause'],
  ['a loop that begins with a pause', [change, loop(sleep('pause', 'PT20S'), watch)], undefined],
])('judges %s', (_, steps, fault) => {
  const found = assumptionsOf(steps);
  expect(found).toEqual(fault === undefined ? [] : [expect.stringContaining(fault)]);
});

it('is asked at synthesis', () => {
  const own = {
    description: 'Acts.',
    parameters: {},
    mainSteps: [
      { ...change, onceOnly: true },
      { ...watch, maxAttempts: 3 },
    ],
  };
  expect(() => completeDocument('runbooks/act.yaml', own)).toThrow(`runbooks/act.yaml: ${atOnce('watch')}`);
});
