import type { Incident, Run } from './incident.ts';

/**
 * The runs, of which those that had ended before show from now on that the trouble came back after them. `playbook`: only
 * its runs. What was reverted meanwhile is no cause of what follows.
 */
export const withReturn = ({ runs }: Pick<Incident, 'runs'>, at: string, playbook?: string): Run[] =>
  runs.map(run =>
    hadEnded(run, at) && !wasReverted(runs, run) && (playbook ?? run.playbook) === run.playbook
      ? { ...run, returnedAt: run.returnedAt ?? at }
      : run,
  );

const hadEnded = ({ judgedAt, dryRun, undoes }: Run, at: string) =>
  judgedAt !== undefined && judgedAt < at && !dryRun && undoes === undefined;

const wasReverted = (runs: readonly Run[], { run }: Run) => runs.some(({ undoes }) => undoes === run);
