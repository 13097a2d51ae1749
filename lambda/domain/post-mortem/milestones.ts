import type { EventOf } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import { clockSince } from '../kernel/time.ts';
import { outageOf } from '../outage/outage.ts';
import { healer } from './response-assessment.ts';

/** The runbook's timeline (3.4), each `HH:MM`; null, nobody knows. */
export interface Milestones {
  detected: string;
  investigationStarted: string | null;
  rootCauseIdentified: Milestone | null;
  fixDeployed: Milestone | null;
  serviceRestored: string | null;
}

/** When, and on whose word or by what measurement. */
export interface Milestone {
  at: string;
  source: string;
}

/**
 * A cause counts as identified when a person says so, or when a step acted on a measured cause and was verified to end the
 * trouble: what a diagnosis finds is a symptom until then. A fix is in place when its runbook has ended, not when it begins.
 */
export function milestones(incident: Incident): Milestones {
  const { startedAt, openedAt, timeline } = incident;
  const at = (iso: string) => clockSince(startedAt, iso);
  const began = timeline.find(({ type }) => type === 'ResponseRequested' || type === 'Acknowledged');
  const { to } = outageOf(incident);
  return {
    detected: at(openedAt),
    investigationStarted: began ? at(began.at) : null,
    rootCauseIdentified: said(incident, 'CauseIdentified') ?? verifiedCause(incident),
    fixDeployed: said(incident, 'FixDeployed') ?? verifiedFix(incident),
    serviceRestored: to === undefined ? null : at(to),
  };
}

/** The last word counts: it may correct an earlier one. */
function said({ timeline, startedAt }: Incident, type: 'CauseIdentified' | 'FixDeployed'): Milestone | null {
  const entry = timeline.findLast((e): e is EventOf<'CauseIdentified' | 'FixDeployed'> => e.type === type);
  return entry ? { at: clockSince(startedAt, entry.happenedAt), source: `${entry.by}: ${entry.text}` } : null;
}

function verifiedCause(incident: Incident): Milestone | null {
  const { timeline, startedAt } = incident;
  const run = healer(incident);
  const begun = timeline.find((e): e is EventOf<'StepStarted'> => e.type === 'StepStarted' && e.run === run?.run);
  const cause = begun?.guardrails.find(({ guardrail, passed }) => guardrail === 'cause' && passed);
  if (!begun || !cause) return null;
  return { at: clockSince(startedAt, begun.at), source: `${cause.reason}; verified by "${begun.title}"` };
}

function verifiedFix(incident: Incident): Milestone | null {
  const { timeline, startedAt } = incident;
  const run = healer(incident);
  const end = timeline.find((e): e is EventOf<'StepSucceeded'> => e.type === 'StepSucceeded' && e.run === run?.run);
  return run && end?.endedAt ? { at: clockSince(startedAt, end.endedAt), source: `"${run.title}", verified` } : null;
}
