import { allClear, type Incident, type Run } from './incident.ts';
import type { Revert } from './policy.ts';
import { stepOf } from './troubles.ts';

interface Change {
  run: Run;
  when: NonNullable<Revert['when']>;
}

/** Changes that are to be reverted now, and that nobody has tried to revert yet. The latest comes first. */
export const pendingReverts = (incident: Incident): Run[] =>
  changes(incident)
    .filter(change => isUrgent(change) || isDue(incident, change))
    .map(({ run }) => run)
    .filter(run => !wasTried(incident, run));

/**
 * Changes that are to be reverted before anything else is done: those that did harm, those that were to stay but did not
 * help, and those that a person wants reverted.
 */
export const urgentReverts = (incident: Incident): Run[] =>
  changes(incident)
    .filter(isUrgent)
    .map(({ run }) => run)
    .filter(run => !wasTried(incident, run));

/** Changes that may not stay, and that no revert has put back. People may be no better off by a revert, or worse. */
export const unreverted = (incident: Incident): Run[] =>
  changes(incident)
    .filter(change => isUrgent(change) || !mayStay(change))
    .map(({ run }) => run)
    .filter(({ run }) => !incident.runs.some(other => other.undoes === run && wasCarriedOut(other)));

const wasCarriedOut = ({ status, carriedOut }: Run) => status === 'succeeded' || carriedOut === true;

/** Changes that stay for now because they relieve people. */
export const reliefInPlace = (incident: Incident): Run[] => {
  const pending = pendingReverts(incident);
  return unreverted(incident).filter(
    run => run.status !== 'running' && run.impact !== 'harmful' && !pending.includes(run) && !wasTried(incident, run),
  );
};

/** Runs whose change can be reverted, the latest first. A run that failed may have changed something all the same. */
function changes(incident: Incident): Change[] {
  return incident.runs
    .filter(run => !run.dryRun && !run.undoes && !run.unchanged)
    .flatMap(run => {
      const revert = stepOf(incident, run)?.revert;
      return revert ? [{ run, when: revert.when ?? 'ended' }] : [];
    })
    .reverse();
}

/** The most tries of a revert by itself, the later ones when what failed may have passed; a person may request it again. */
const TRIES = 3;

const wasTried = (incident: Incident, run: Run) => {
  const { runs, attempt } = incident;
  const tries = runs.filter(
    ({ undoes, startedAt }) => undoes === run.run && startedAt >= (run.revertRequestedAt ?? ''),
  );
  const isAnotherTurn = attempt?.again !== undefined && !attempt.outcome && mayRevertAgain(incident, run);
  return isAnotherTurn ? tries.some(other => other.attempt === attempt.number) : tries.length > 0;
};

/** True of a change whose revert was not carried out, maybe because of something that passes. */
export function mayRevertAgain({ runs }: Pick<Incident, 'runs'>, { run }: Pick<Run, 'run'>): boolean {
  const tries = runs.filter(({ undoes }) => undoes === run);
  return tries.length < TRIES && tries.at(-1)?.status === 'failed' && !tries.some(wasCarriedOut);
}

const isUrgent = ({ run: { impact, status, carriedOut, revertRequestedAt }, when }: Change) =>
  impact === 'harmful' ||
  revertRequestedAt !== undefined ||
  (when === 'failed' && status === 'failed' && impact !== 'relieved') ||
  (when === 'unfinished' && status === 'failed' && !carriedOut);

/** A change that relieves people stays until the signals are clear or a person resolves the incident. */
function isDue(incident: Incident, change: Change): boolean {
  if (mayStay(change)) return false;
  const over = allClear(incident) || incident.resolution !== undefined;
  return over || (change.when === 'ended' && change.run.impact !== 'relieved');
}

/** Changes that are meant for good, unless they did harm or did not help. */
const mayStay = ({ when }: Change) => when === 'worse' || when === 'failed' || when === 'unfinished';
