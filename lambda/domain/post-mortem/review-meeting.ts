import { Temporal } from 'temporal-polyfill';
import type { IncidentEvent } from '../incident/events.ts';
import { fold } from '../incident/evolve.ts';
import type { Incident } from '../incident/incident.ts';
import type { Meeting } from '../incident/review-records.ts';
import { meetingAt } from '../review/review.ts';

/** Those who may be invited, by the names of the configuration. */
export interface Invitees {
  /** Everybody with an e-mail address. */
  people: readonly string[];
  reviewers: readonly string[];
  guests: readonly string[];
}

/**
 * When an incident is reviewed, and with whom: whoever was in command, everybody who acted on it, and the reviewers.
 * Undefined when that is nobody.
 */
export function meetingOf(incident: Incident, { people, reviewers, guests }: Invitees): Meeting | undefined {
  const { commander = '', timeline, policy } = incident;
  const at = meetingAt(incident);
  const reached = (names: readonly string[]) => [...new Set(names.filter(name => people.includes(name)))];
  const acted = timeline.flatMap(entry => ('by' in entry && entry.by ? [entry.by] : []));
  const attendees = reached([commander, ...acted, ...reviewers]);
  if (attendees.length === 0 || !at) return undefined;
  const others = reached(guests).filter(name => !attendees.includes(name));
  return { at, timeZone: policy.reviewTimeZone ?? 'UTC', attendees, guests: others };
}

/** "14:00 America/New_York"; null where the clocks show UTC. */
export function localTime({ at, timeZone }: Meeting): string | null {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
  return local.offsetNanoseconds === 0 ? null : `${local.toPlainTime().toString().slice(0, 5)} ${timeZone}`;
}

/** The incident with people called by the names of the configuration, where the timeline has them by their addresses. */
export function byName({ timeline }: Incident, addresses: Record<string, string>): Incident {
  const names = new Map(Object.entries(addresses).map(([name, address]) => [address.toLowerCase(), name]));
  const nameOf = (who: string) => names.get(who.toLowerCase()) ?? who;
  const renamed = timeline.map((entry): IncidentEvent => {
    if (entry.type === 'IncidentOpened') return entry.reporter ? { ...entry, reporter: nameOf(entry.reporter) } : entry;
    return 'by' in entry && entry.by ? { ...entry, by: nameOf(entry.by) } : entry;
  });
  return fold(renamed);
}
