import type { Event, Obstacle } from '../incident/events.ts';
import { attemptUnderWay, type Incident, type Run } from '../incident/incident.ts';
import type { Trouble } from '../incident/records.ts';
import { mayRevertAgain, pendingReverts, unreverted } from '../incident/reverts.ts';
import { fires, nextTrouble, playbooksOf, stepOf } from '../incident/troubles.ts';
import { minutesBetween } from '../kernel/time.ts';

/** Minutes after which a plan has another turn: the first times soon, then so that a remedy follows within half an hour. */
const WAITS = [5, 10, 20, 25];

/** The obstacle that kept a step of the plan from being tried in this round, and will pass. Undefined when every step had its chance. */
export function obstacleOf(
  incident: Incident,
  attempt: number,
  newlySkipped: readonly Event[] = [],
): Obstacle | undefined {
  if (incident.drill) return undefined;
  const { roundBegunIn = attempt, findings, skipped } = incident;
  const plan = playbooksOf(incident).find(({ name }) => name === incident.attempt?.playbook)?.plan ?? [];
  const latest = plan.flatMap(({ name }) => {
    const isOfStep = ({ playbook, step, undoes, preview }: Run) =>
      playbook === incident.attempt?.playbook && step === name && !undoes && !preview;
    return incident.runs.findLast(run => run.attempt >= roundBegunIn && isOfStep(run)) ?? [];
  });
  const why = new Map(Object.entries(skipped));
  for (const event of newlySkipped) if (event.type === 'StepSkipped') why.set(event.step, event);
  const skips = plan
    .filter(({ name }) => latest.every(run => run.step !== name))
    .map(({ name }) => why.get(name)?.because);
  if (latest.some(run => wasHeldBack(incident, run)) || skips.includes('held back')) return 'held back';
  const isBlind = findings.some(({ ok }) => ok === null);
  const passes = skips.includes('passing') || (isBlind && skips.includes('unknown'));
  return latest.some(changedNothing) || passes ? 'passing' : undefined;
}

/** True of a run that has not been the step's try, and does not keep it from having one. */
export const wasNoTry = (incident: Incident, run: Run): boolean =>
  run.attempt !== incident.attempt?.number && (wasHeldBack(incident, run) || changedNothing(run));

/** A dry run of a step that would have acted, had automation been on. */
const wasHeldBack = (incident: Incident, run: Run) =>
  run.dryRun && !run.preview && !incident.drill && stepOf(incident, run)?.mode !== 'observe';

export const changedNothing = ({ status, dryRun, unchanged, undoes }: Run) =>
  status === 'failed' && !dryRun && !undoes && unchanged === true;

/** The troubles whose plans were held back by something that may have passed by now, as far as time tells. */
export function heldBackTroubles(incident: Incident, now: string): Trouble[] {
  const { attempt, runs, resolution, approval, drill, troubles } = incident;
  if (!attempt || attemptUnderWay(incident) || resolution || approval || drill) return [];
  // Until it is known what a run that was left to itself has changed, nothing else acts.
  if (runs.some(({ abandoned }) => abandoned)) return [];
  const minutes = minutesBetween(attempt.endedAt ?? now, now);
  const wait = WAITS[Math.min(attempt.again ?? 0, WAITS.length - 1)] ?? 0;
  const hasFailed = unreverted(incident).some(run => mayRevertAgain(incident, run));
  const isPending = pendingReverts(incident).length > 0;
  // A failed revert is tried again also when the plan of another trouble has been through since.
  const ofReverts = hasFailed ? (attempt.obstacle ?? 'passing') : isPending ? attempt.obstacle : undefined;
  return troubles.filter(({ playbook, obstacle = ofReverts }) => {
    if (!obstacle || minutes < (obstacle === 'held back' ? 1 : wait)) return false;
    const hasPlan = playbooksOf(incident).some(({ name, plan }) => name === playbook && plan.length > 0);
    return ofReverts !== undefined || (hasPlan && fires(incident, playbook));
  });
}

/** The plans that were held back have another turn, causes first. */
export function tryAgain(incident: Incident): Event[] {
  const freed = {
    ...incident,
    troubles: incident.troubles.map(trouble => (trouble.obstacle ? { ...trouble, spentIn: undefined } : trouble)),
  };
  const playbook = nextTrouble(freed)?.name ?? incident.attempt?.playbook;
  return [
    { type: 'ResponseRequested', attempt: (incident.attempt?.number ?? 0) + 1, playbook, turn: true, again: true },
  ];
}
