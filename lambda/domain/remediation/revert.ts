import type { Decision, Readings } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import type { Step } from '../incident/policy.ts';
import { pendingReverts, unreverted } from '../incident/reverts.ts';
import { stepOf } from '../incident/troubles.ts';
import { revertGuardrails } from './guardrails.ts';
import { handOver, startStep } from './steps.ts';

/**
 * Reverts temporary changes before an attempt ends, the latest first; then the attempt ends with the events of `end`.
 */
export function revertThenEnd(
  incident: Incident,
  attempt: number,
  readings: Readings,
  now: string,
  end: Event[],
  before: Event[] = [],
): Decision {
  const [pending] = pendingReverts(incident);
  if (!pending) return { events: [...before, ...end] };
  return revertRun(incident, attempt, pending, readings, now, end, before);
}

/**
 * Reverts one change. If the guardrails refuse, a person takes over, and learns from `end` why it was to be reverted.
 */
export function revertRun(
  incident: Incident,
  attempt: number,
  run: Run,
  readings: Readings,
  now: string,
  end: Event[],
  before: Event[] = [],
): Decision {
  const results = revertGuardrails(incident, run, readings, now);
  const refused = results.filter(r => !r.passed);
  if (refused.length > 0) {
    const refusals = refused.map(({ guardrail, reason }) => `${guardrail}: ${reason}`).join('; ');
    const reasons = [...end.flatMap(e => (e.type === 'HandedOver' ? [e.reason] : [])), `not put back (${refusals})`];
    const note = reasons.join('. ') + unrevertedNote(incident);
    return { events: [...before, ...handOver(attempt, note, incident.drill ? undefined : 'held back')] };
  }
  const step = plannedStep(incident, run);
  const earlierReverts = incident.runs.filter(({ undoes }) => undoes === run.run).length;
  const id = `${run.run}/undo${earlierReverts === 0 ? '' : `/${earlierReverts + 1}`}`;
  return {
    events: [
      ...before,
      startStep(incident, attempt, step, { run: id, dryRun: false, undoes: run, guardrails: results }),
    ],
  };
}

export function revertReason({ impact, revertRequestedAt }: Run): string {
  if (revertRequestedAt !== undefined) return 'a person wants it reverted';
  return impact === 'harmful' ? 'a step made it worse' : 'a step did not help';
}

function plannedStep(incident: Incident, run: Run): Step {
  const step = stepOf(incident, run);
  if (!step) throw new Error(`${incident.id}: the plan of ${run.playbook} has no step ${run.step}`);
  return step;
}

/** Nobody has heard how the run ended, or if it began. */
const isUnderWay = ({ status, abandoned }: Run) => status === 'running' || abandoned === true;

/** A revert that failed may have put it back all the same, e.g. where only its verification failed. */
const revertFailed = ({ runs }: Incident, { run }: Run) =>
  runs.some(({ undoes, status, unchanged }) => undoes === run && status === 'failed' && !unchanged);

/** Names the changes that were not reverted, in words that tell a person how to revert them. */
export function unrevertedNote(incident: Incident): string {
  const changes = unreverted(incident);
  const named = (runs: Run[]) =>
    runs.map(({ title, runbook, run }) => `"${title}" (runbook ${runbook}, run ${run})`).join(', ');
  const {
    known = [],
    doubtful = [],
    unknown = [],
  } = Object.groupBy(changes, change =>
    isUnderWay(change) ? 'unknown' : revertFailed(incident, change) ? 'doubtful' : 'known',
  );
  return [
    ...(known.length > 0 ? [`. Still changed, to be put back by hand: ${named(known)}`] : []),
    ...(doubtful.length > 0
      ? [`. Perhaps still changed, as the revert failed: look, and put it back by hand: ${named(doubtful)}`]
      : []),
    ...(unknown.length > 0 ? [`. Not known yet if this changed anything, and being looked up: ${named(unknown)}`] : []),
  ].join('');
}
