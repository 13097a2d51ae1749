import { startAutomation } from './shell.ts';
import type { Source } from './source.ts';

/** The runbook's database recovery (2.4), by the names of runbooks, each with what a person gives. */
const RUNBOOKS: Record<string, Record<string, string>> = {
  'fail-over-database': {},
  'restore-database': { CopyName: '<name>', RestoreTo: '<time>' },
  'clone-database': { CopyName: '<name>' },
};

/** What recovers a database that is lost, or its data. Each begins dry. */
export const recovery = ({ config, documents }: Source) =>
  Object.entries(RUNBOOKS).flatMap(([name, given]) =>
    documents
      .filter(({ runbook }) => runbook === name)
      .map(({ documentName, content }) => ({
        title: /^## ([^\n]+)/.exec(content.description)?.[1] ?? documentName,
        document: documentName,
        command: startAutomation(config.region, documentName, { ...given, DryRun: 'true' }),
      })),
  );
