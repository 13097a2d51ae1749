import { Token } from 'aws-cdk-lib';
import { automationUrl } from '../../lambda/domain/kernel/console.ts';
import type { AutomationDocument } from '../../lib/remedies/automation-document.ts';
import { startAutomation } from './shell.ts';
import type { Source } from './source.ts';

/** Every SSM document: what it does, and what may be given to it. */
export const runbooks = (source: Source) =>
  source.documents.map(runbook => readRunbook(source, runbook)).toSorted((a, b) => (a.document < b.document ? -1 : 1));

function readRunbook({ config, playbooks }: Source, { documentName, content, parameters: names }: AutomationDocument) {
  const [, title = documentName, does = ''] = /^## ([^\n]+)\n(.*)$/s.exec(content.description) ?? [];
  // Values that only the deployed stack knows are best left as they are.
  const parameters = Object.entries(content.parameters).filter(
    ([, parameter]) => !Token.isUnresolved(parameter.default),
  );
  return {
    document: documentName,
    title,
    does: does.trim(),
    /** A step of section 5 has its command. */
    isStep: playbooks.some(({ policy }) => policy.plan.some(({ document }) => document === documentName)),
    url: automationUrl(config.region, documentName),
    command: startAutomation(config.region, documentName, names.includes('DryRun') ? { DryRun: 'true' } : {}),
    /** `default`: null, it must be given. */
    parameters: parameters.map(([name, { description, default: value }]) => ({
      ...{ name, description },
      default: value === undefined ? null : [value].flat().join(', '),
    })),
  };
}
