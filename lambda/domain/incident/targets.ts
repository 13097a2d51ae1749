import { minutesBetween } from '../kernel/time.ts';
import type { Event } from './events.ts';
import { type Incident, isOpen } from './incident.ts';
import { AUTOMATION } from './person.ts';
import type { Judgement, Promised } from './records.ts';

/**
 * The targets of the runbook's table that are missed by `now` and not reported yet. They count from the last rise of
 * the severity. A drill has no targets, and what maintenance holds has none yet.
 */
export function targetsMissed(
  { policy, severity, severityAt, acknowledged, breached, drill, held }: Incident,
  now: string,
): Promised[] {
  if (drill || held) return [];
  const { responseMinutes, resolutionMinutes = Number.POSITIVE_INFINITY } = policy.severities[severity];
  const elapsed = minutesBetween(severityAt, now);
  const missed = [
    ...(!acknowledged && elapsed >= responseMinutes ? ['response' as const] : []),
    ...(elapsed >= resolutionMinutes ? ['resolution' as const] : []),
  ];
  return missed.filter(target => !breached.includes(target));
}

/**
 * The targets that are judged by the time of an event, each once. One is missed at the moment when the watch would have found
 * it missed, even if the watch ran late: the figures and the messages to people agree.
 */
export const judgedBefore = (incident: Incident, at: string): readonly Judgement[] =>
  isOpen(incident) ? withEach(incident.judged, missedAt(incident, at)) : incident.judged;

/** The targets that are judged once the incident has changed by an event: a person who resolves it has responded too. */
export function judgedBy(incident: Incident, event: Event): readonly Judgement[] {
  const { drill, held, severity, judged } = incident;
  const hasResponded = event.type === 'Acknowledged' || (event.type === 'Resolved' && event.by !== AUTOMATION);
  return hasResponded && !drill && !held ? withEach(judged, [{ target: 'response', severity, kept: true }]) : judged;
}

/**
 * Judges the targets as far as they are decided by `now`. Where nobody responded, and it was over before that was due, the
 * target was neither kept nor missed.
 */
export function judge(incident: Incident, now: string): readonly Judgement[] {
  if (isOpen(incident)) return judgedBefore(incident, now);
  const { severity, policy, judged } = incident;
  const isPromised = policy.severities[severity].resolutionMinutes !== undefined;
  return withEach(judged, isPromised ? [{ target: 'resolution', severity, kept: true }] : []);
}

const missedAt = (incident: Incident, at: string): Judgement[] =>
  targetsMissed(incident, at).map(target => ({ target, severity: incident.severity, kept: false }));

const withEach = (judged: readonly Judgement[], others: readonly Judgement[]): readonly Judgement[] => {
  const added = others.filter(({ target }) => !judged.some(known => known.target === target));
  return added.length > 0 ? [...judged, ...added] : judged;
};
