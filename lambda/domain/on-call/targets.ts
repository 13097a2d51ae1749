import type { Incident } from '../incident/incident.ts';
import { minutesBetween } from '../kernel/time.ts';

/**
 * The targets of the runbook's table that are missed by `now` and not reported yet. They count from the last rise of
 * the severity. A drill has no targets.
 */
export function targetsMissed(
  { policy, severity, severityAt, acknowledged, breached, drill }: Incident,
  now: string,
): ('response' | 'resolution')[] {
  if (drill) return [];
  const { responseMinutes, resolutionMinutes = Number.POSITIVE_INFINITY } = policy.severities[severity];
  const elapsed = minutesBetween(severityAt, now);
  const missed = [
    ...(!acknowledged && elapsed >= responseMinutes ? ['response' as const] : []),
    ...(elapsed >= resolutionMinutes ? ['resolution' as const] : []),
  ];
  return missed.filter(target => !breached.includes(target));
}
