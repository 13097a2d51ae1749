import { Temporal } from 'temporal-polyfill';
import type { IncidentEvent } from '../incident/events.ts';
import { historyOf, type IncidentHistory } from '../incident/history.ts';
import type { Meeting } from '../incident/review-records.ts';
import { meetingAt } from '../review/review.ts';

/** The people who may be invited, by their names in the configuration. */
export interface Invitees {
  /** All people with an e-mail address. */
  people: readonly string[];
  reviewers: readonly string[];
  guests: readonly string[];
}

/**
 * The time of an incident's review and its attendees: the commander, everybody who acted on the incident, and the reviewers.
 * Undefined when there are no attendees.
 */
export function meetingOf(incident: IncidentHistory, { people, reviewers, guests }: Invitees): Meeting | undefined {
  const { commander = '', timeline, policy } = incident;
  const at = meetingAt(incident);
  const reachable = (names: readonly string[]) => [...new Set(names.filter(name => people.includes(name)))];
  const acted = timeline.flatMap(event => ('by' in event && event.by ? [event.by] : []));
  const attendees = reachable([commander, ...acted, ...reviewers]);
  if (attendees.length === 0 || !at) return undefined;
  const others = reachable(guests).filter(name => !attendees.includes(name));
  return { at, timeZone: policy.reviewTimeZone ?? 'UTC', attendees, guests: others };
}

/** The local time, "14:00 America/New_York"; null where it equals UTC. */
export function localTime({ at, timeZone }: Meeting): string | null {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
  return local.offsetNanoseconds === 0 ? null : `${local.toPlainTime().toString().slice(0, 5)} ${timeZone}`;
}

/** The incident with people's names in the configuration in place of their e-mail addresses. */
export function byName({ timeline }: IncidentHistory, addresses: Record<string, string>): IncidentHistory {
  const names = new Map(Object.entries(addresses).map(([name, address]) => [address.toLowerCase(), name]));
  const nameOf = (who: string) => names.get(who.toLowerCase()) ?? who;
  const renamed = timeline.map((event): IncidentEvent => {
    if (event.type === 'IncidentOpened') return event.reporter ? { ...event, reporter: nameOf(event.reporter) } : event;
    return 'by' in event && event.by ? { ...event, by: nameOf(event.by) } : event;
  });
  return historyOf(renamed);
}
