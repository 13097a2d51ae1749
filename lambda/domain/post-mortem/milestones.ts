import type { EventOf } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import { clockSince } from '../kernel/time.ts';
import { outageOf } from '../outage/outage.ts';
import { whatHelped } from './what-helped.ts';

/** The runbook's timeline (section 3.4), each `HH:MM`; null when it is not known. */
export interface Milestones {
  detected: string;
  investigationStarted: string | null;
  rootCauseIdentified: Milestone | null;
  fixDeployed: Milestone | null;
  serviceRestored: string | null;
}

/** A time with its source: the person who stated it, or the measurement. */
export interface Milestone {
  at: string;
  source: string;
}

/**
 * A cause counts as identified when a person says so, or when a step acted on a measured cause and helped: until then a
 * diagnosis finds symptoms. A fix is in place when its runbook has ended, not when it begins.
 */
export function milestones(incident: IncidentHistory): Milestones {
  const { startedAt, openedAt, timeline } = incident;
  const at = (iso: string) => clockSince(startedAt, iso);
  const began = timeline.find(({ type }) => type === 'ResponseRequested' || type === 'Acknowledged');
  const { to } = outageOf(incident);
  return {
    detected: at(openedAt),
    investigationStarted: began ? at(began.at) : null,
    rootCauseIdentified: statedMilestone(incident, 'CauseIdentified') ?? measuredCause(incident),
    fixDeployed: statedMilestone(incident, 'FixDeployed') ?? measuredFix(incident),
    serviceRestored: to === undefined ? null : at(to),
  };
}

/** The milestone that a person stated. The last statement counts: it may correct an earlier one. */
function statedMilestone(
  { timeline, startedAt }: IncidentHistory,
  type: 'CauseIdentified' | 'FixDeployed',
): Milestone | null {
  const event = timeline.findLast((e): e is EventOf<'CauseIdentified' | 'FixDeployed'> => e.type === type);
  return event ? { at: clockSince(startedAt, event.happenedAt), source: `${event.by}: ${event.text}` } : null;
}

function measuredCause(incident: IncidentHistory): Milestone | null {
  const { timeline, startedAt } = incident;
  const [first] = whatHelped(incident);
  const started = timeline.find(
    (e): e is EventOf<'StepStarted'> => e.type === 'StepStarted' && e.run === first?.run.run,
  );
  const cause = started?.guardrails.find(({ guardrail, passed }) => guardrail === 'cause' && passed);
  if (!started || !cause) return null;
  return { at: clockSince(startedAt, started.at), source: `${cause.reason}; "${started.title}" helped` };
}

function measuredFix(incident: IncidentHistory): Milestone | null {
  const [first] = whatHelped(incident);
  const { title = '', endedAt } = first?.run ?? {};
  return endedAt ? { at: clockSince(incident.startedAt, endedAt), source: `"${title}" helped` } : null;
}
