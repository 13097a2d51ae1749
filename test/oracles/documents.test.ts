import { type Properties, resolveTemplate } from 'embedded-aws';
import { expect, it } from 'vitest';
import { assembly } from '../simulation/world.ts';
import { ask } from './python.ts';

/** What AWS has added since it published its schema, by its documentation. */
const NEWER: readonly (readonly [source: string, fault: RegExp])[] = [
  [
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-loop.html',
    /^mainSteps\/\d+\/action: 'aws:loop' is not one of /,
  ],
  [
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/populating-input-parameters.html',
    /^parameters\/AutomationAssumeRole\/type: 'AWS::IAM::Role::Arn' is not one of /,
  ],
];

interface Document extends Properties {
  mainSteps: { action: string; inputs: { Steps?: Document['mainSteps'] } }[];
}

/** Gives what AWS's schema has against each document. */
async function faultsOf(documents: readonly object[]): Promise<string[][]> {
  const here = import.meta.dirname;
  const judged = [`${here}/judge_documents.py`, `${here}/automation-document.schema.json`];
  const faults = (await ask(judged, JSON.stringify(documents))) as { document: number; fault: string }[];
  return documents.map((_, i) => faults.filter(({ document }) => document === i).map(({ fault }) => fault));
}

const contents: Document[] = resolveTemplate(assembly())
  .filter(({ type }) => type === 'AWS::SSM::Document')
  .map(({ properties }) => properties['Content']);

/** A document, and one of the steps of each loop in it, which the schema does not know. */
const withLoops = (document: Document): Document[] => [
  document,
  ...document.mainSteps.flatMap(({ action, inputs }) =>
    action === 'aws:loop' ? withLoops({ ...document, mainSteps: inputs.Steps ?? [] }) : [],
  ),
];

it("each document, and each loop's steps, are as AWS's schema of Automation wants them", async () => {
  const documents = contents.flatMap(withLoops);
  expect(documents.length).toBeGreaterThan(contents.length);
  const faults = (await faultsOf(documents)).flat();
  expect({
    unexplained: faults.filter(fault => !NEWER.some(([, known]) => known.test(fault))),
    stale: NEWER.filter(([, known]) => !faults.some(fault => known.test(fault))),
  }).toEqual({ unexplained: [], stale: [] });
});

it('it would say so, of each rule broken once', async () => {
  const [document] = contents;
  const [step] = document?.mainSteps ?? [];
  const broken: [fault: string, change: object][] = [
    ['schemaVersion', { schemaVersion: '0.2' }],
    ["'output' was unexpected", { output: [] }],
    ["'inputs' is a required property", { mainSteps: [{ ...step, inputs: undefined }] }],
    ["'aws:invokeLambda' is not one of", { mainSteps: [{ ...step, action: 'aws:invokeLambda' }] }],
    ["'on' is not of type 'integer'", { mainSteps: [{ ...step, maxAttempts: 'on' }] }],
    [
      "'Service' is a required property",
      { mainSteps: [{ name: 'x', action: 'aws:executeAwsApi', inputs: { Api: 'x' } }] },
    ],
  ];
  const faults = await faultsOf(broken.map(([, change]) => ({ ...document, ...change })));
  expect(faults.map(those => those.join())).toEqual(broken.map(([fault]) => expect.stringContaining(fault)));
});
