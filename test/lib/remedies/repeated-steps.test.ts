import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDocument } from '../../../lib/remedies/document-content.ts';
import { type DocumentStep, repeatsOf } from '../../../lib/remedies/repeated-steps.ts';

const folder = `${import.meta.dirname}/../../../runbooks`;
const files = readdirSync(folder);
const stepsOf = (file: string): DocumentStep[] => parse(readFileSync(`${folder}/${file}`, 'utf8')).mainSteps;
const withInner = (steps: DocumentStep[]): DocumentStep[] =>
  steps.flatMap(step => [step, ...withInner((step['inputs'] as { Steps?: DocumentStep[] } | undefined)?.Steps ?? [])]);

describe.each(files)('%s', file => {
  it('says of each step that calls something if it may be repeated', () => {
    expect(repeatsOf(stepsOf(file))).toEqual([]);
  });

  it('lacking that for any one step, is refused by the name of the step', () => {
    const marked = withInner(stepsOf(file)).filter(({ maxAttempts, onceOnly }) => maxAttempts || onceOnly);
    expect(marked.length).toBeGreaterThan(0);
    for (const { name } of marked) {
      const steps = stepsOf(file);
      for (const step of withInner(steps).filter(other => other.name === name)) {
        delete step['maxAttempts'];
        delete step['onceOnly'];
      }
      expect(repeatsOf(steps), name).toEqual([expect.stringContaining(`${name} `)]);
    }
  });

  it('keeps no mark that Systems Manager does not know', () => {
    expect(JSON.stringify(readDocument(file.replace('.yaml', '')))).not.toContain('onceOnly');
  });
});

const calling = (step: Partial<DocumentStep>): DocumentStep[] => [
  { name: 'act', action: 'aws:executeAwsApi', inputs: { Service: 'ecs', Api: 'UpdateService' }, ...step },
];

it.each<[string, Partial<DocumentStep>, string]>([
  ['a write that is no idempotent one, repeated', { maxAttempts: 3 }, 'act is no known idempotent write'],
  ['a write both repeated and not', { maxAttempts: 3, onceOnly: true }, 'act has both'],
  [
    'a reading that is not repeated',
    { onceOnly: true, inputs: { Service: 'ecs', Api: 'DescribeServices' } },
    'act only reads',
  ],
  ['a function without a time-out', { action: 'aws:invokeLambdaFunction', onceOnly: true }, 'act lacks timeoutSeconds'],
  ['a pause that is marked', { action: 'aws:sleep', onceOnly: true }, 'act calls nothing'],
])('%s is refused', (_, step, fault) => {
  expect(repeatsOf(calling(step)).join()).toContain(fault);
});
