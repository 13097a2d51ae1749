import type { Obligation } from '../incident/commands.ts';
import type { Incident } from '../incident/incident.ts';
import { type EscalationLevel, LEVEL_MINUTES } from '../incident/service-policy.ts';
import { minutesBetween } from '../kernel/time.ts';

/** The level that is due. After a gap in watching the levels that were missed are called one after the other. */
export function levelDue(incident: Incident, now: string): EscalationLevel | undefined {
  const { escalation, policy, severity } = incident;
  if (!escalation || !policy.severities[severity].pages) return undefined;
  const next = policy.escalation.find(({ level }) => level > escalation.level);
  if (!next || next.afterMinutes > minutesBetween(escalation.since, now)) return undefined;
  return escalation.level === 0 || mayCallNext(incident, now) ? next : undefined;
}

/** The level that was called last has had its minutes. */
export const mayCallNext = ({ escalation }: Incident, now: string) =>
  !escalation?.levelAt || minutesBetween(escalation.levelAt, now) >= LEVEL_MINUTES;

/** The level that was called last is called again while nobody answers. */
export function reminderDue({ escalation, policy, severity }: Incident, now: string): Obligation[] {
  if (!escalation || escalation.level === 0 || escalation.since > now || !policy.severities[severity].pages) return [];
  const due = minutesBetween(escalation.calledAt, now) >= policy.remindMinutes;
  return due ? [{ type: 'remind', level: escalation.level }] : [];
}

/** Minutes after a call in which a page is sent, also when it is retried. */
const SENT_MINUTES = 10;

/** True if the level that is called has not been sent any page: whoever is on call knows nothing. */
export function isUnpaged({ escalation, paged, policy, severity }: Incident, now: string): boolean {
  if (!escalation?.levelAt || escalation.level === 0 || !policy.severities[severity].pages) return false;
  const nobody = (paged[escalation.level] ?? []).length === 0;
  return nobody && minutesBetween(escalation.levelAt, now) >= SENT_MINUTES;
}
