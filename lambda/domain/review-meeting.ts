import { Temporal } from 'temporal-polyfill';
import { fold } from './apply.ts';
import type { Incident } from './incident.ts';
import type { Meeting, TimelineEntry } from './timeline.ts';

/** The runbook's 4.2. */
export const AGENDA: readonly { minutes: number; topic: string }[] = [
  { minutes: 5, topic: 'Timeline' },
  { minutes: 10, topic: 'Root cause' },
  { minutes: 5, topic: 'Response assessment' },
  { minutes: 5, topic: 'Action items' },
  { minutes: 5, topic: 'Lessons' },
];

export const MEETING_MINUTES = AGENDA.reduce((sum, { minutes }) => sum + minutes, 0);

/** The hour of every review, on the clocks of the people on call. */
const HOUR = 14;
const SATURDAY = 6;

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
export function meetingOf(
  { commander = '', timeline, resolvedAt }: Incident,
  { people, reviewers, guests }: Invitees,
  timeZone: string,
): Meeting | undefined {
  const reached = (names: readonly string[]) => [...new Set(names.filter(name => people.includes(name)))];
  const acted = timeline.flatMap(entry => ('by' in entry && entry.by ? [entry.by] : []));
  const attendees = reached([commander, ...acted, ...reviewers]);
  if (attendees.length === 0 || !resolvedAt) return undefined;
  const others = reached(guests).filter(name => !attendees.includes(name));
  return { at: meetingTime(resolvedAt, timeZone), timeZone, attendees, guests: others };
}

/** The first working day at least a day after the resolution: by then the post-mortem is due. Holidays nobody tells us. */
export function meetingTime(resolvedAt: string, timeZone: string): string {
  const earliest = Temporal.Instant.from(resolvedAt).toZonedDateTimeISO(timeZone).add({ hours: 24 });
  let meeting = earliest.with({ hour: HOUR, minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 });
  while (Temporal.ZonedDateTime.compare(meeting, earliest) < 0 || meeting.dayOfWeek >= SATURDAY)
    meeting = meeting.add({ days: 1 });
  return new Date(meeting.epochMilliseconds).toISOString();
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
  const renamed = timeline.map((entry): TimelineEntry => {
    if (entry.type === 'IncidentOpened') return entry.reporter ? { ...entry, reporter: nameOf(entry.reporter) } : entry;
    return 'by' in entry && entry.by ? { ...entry, by: nameOf(entry.by) } : entry;
  });
  return fold(renamed);
}
