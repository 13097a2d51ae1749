import { startAutomation } from './shell.ts';
import type { Source } from './source.ts';
import { readStep } from './steps.ts';

/** The runbook's immediate mitigation (2.4), in its order, by the names of runbooks. */
const MITIGATIONS = ['circuit-breaker', 'scale-up', 'maintenance-mode', 'roll-back'];

/** The steps that relieve people whatever the cause, as far as the service has them. */
export const mitigations = (source: Source) =>
  MITIGATIONS.flatMap(runbook => {
    const step = source.playbooks.flatMap(({ policy }) => policy.plan).find(other => other.runbook === runbook);
    return step ? [readStep(source, step)] : [];
  });

/** The runbook's database recovery (2.4), by the names of runbooks, each with what a person gives. */
const RECOVERIES: Record<string, Record<string, string>> = {
  'fail-over-database': {},
  'restore-database': { CopyName: '<name>', RestoreTo: '<time>' },
  'clone-database': { CopyName: '<name>' },
};

/** The documents that recover a lost database, or its data. Each command is a dry run. */
export const recovery = ({ config, documents }: Source) =>
  Object.entries(RECOVERIES).flatMap(([name, given]) =>
    documents
      .filter(({ runbook }) => runbook === name)
      .map(({ documentName, content }) => ({
        title: /^## ([^\n]+)/.exec(content.description)?.[1] ?? documentName,
        document: documentName,
        command: startAutomation(config.region, documentName, { ...given, DryRun: 'true' }),
      })),
  );
