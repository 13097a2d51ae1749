import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { assumptionsOf } from './assumptions.ts';
import { type DocumentStep, repeatsOf, withoutMarks } from './repeated-steps.ts';

/** An SSM Automation document. */
export interface DocumentContent {
  /** Markdown: a heading, then the text. */
  description: string;
  schemaVersion: '0.3';
  assumeRole: string;
  parameters: Record<string, DocumentParameter>;
  mainSteps: DocumentStep[];
  outputs?: string[];
  [key: string]: unknown;
}

interface DocumentParameter {
  type: string;
  description: string;
  allowedValues?: string[];
  default?: unknown;
}

/** A document as its file has it: only what distinguishes it from the others. */
type OwnContent = Pick<DocumentContent, 'description' | 'parameters' | 'mainSteps' | 'outputs'>;

const OWN_KEYS: readonly string[] = ['description', 'parameters', 'mainSteps', 'outputs'];

const DRY_RUN: DocumentParameter = {
  type: 'String',
  description: '"true" changes nothing; "false" acts.',
  allowedValues: ['true', 'false'],
  default: 'true',
};

/** A step of our own, in the place of the branch at which a dry run goes to the step `end`. */
const END_DRY_RUN = 'responder:endDryRun';

/**
 * Reads `runbooks/<runbook>.yaml` and adds what all documents have in common: the schema version, the role with its parameter,
 * the parameter `DryRun` where a step refers to it, and the branch at which a dry run ends (`action: responder:endDryRun`). It
 * takes out the marks `onceOnly`.
 * @throws Error when the file has a part that is added, a step that does not say if it may be repeated, or one
 * that takes for granted what AWS does not document.
 */
export function readDocument(runbook: string): DocumentContent {
  const file = `runbooks/${runbook}.yaml`;
  return completeDocument(file, parse(readFileSync(`${import.meta.dirname}/../../${file}`, 'utf8')));
}

/** Adds the common parts to the content of a file. @throws Error as `readDocument` does. */
export function completeDocument(file: string, own: OwnContent): DocumentContent {
  const { description, parameters, mainSteps, outputs } = own;
  const excess = [
    ...Object.keys(own).filter(key => !OWN_KEYS.includes(key)),
    ...['AutomationAssumeRole', 'DryRun'].filter(name => name in parameters).map(name => `parameters.${name}`),
  ];
  if (excess.length > 0)
    throw new Error(`${file} has ${excess.join(', ')}: leave it out, lib/remedies/document-content.ts adds the header`);
  const steps = withoutMarks(mainSteps).map((step, i) =>
    step.action === END_DRY_RUN ? endDryRun(step.name, mainSteps[i + 1]?.name ?? 'end') : step,
  );
  const faults = [...repeatsOf(mainSteps), ...assumptionsOf(steps)];
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('; ')}`);
  return {
    description,
    schemaVersion: '0.3',
    assumeRole: '{{ AutomationAssumeRole }}',
    parameters: {
      AutomationAssumeRole: {
        type: 'AWS::IAM::Role::Arn',
        description: `The role that this runbook acts in; it can do nothing but ${parameters['FunctionName'] ? 'call the function' : 'what the steps need'}.`,
      },
      ...parameters,
      ...(JSON.stringify(steps).includes('{{ DryRun }}') ? { DryRun: DRY_RUN } : {}),
    },
    mainSteps: steps,
    ...(outputs ? { outputs } : {}),
  };
}

const endDryRun = (name: string, next: string): DocumentStep => ({
  name,
  action: 'aws:branch',
  inputs: { Choices: [{ NextStep: next, Variable: '{{ DryRun }}', StringEquals: 'false' }], Default: 'end' },
});
