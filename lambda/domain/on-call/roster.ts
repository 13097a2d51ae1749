import { Temporal } from 'temporal-polyfill';

/** A weekly on-call rotation. */
export interface Rotation {
  /** IANA name, e.g. Europe/Berlin. The hand-over stays at the same local time when the clocks change. */
  timeZone: string;
  /** The first day of the first person, `YYYY-MM-DD`. Its weekday is the weekday of every hand-over. */
  since: string;
  /** The local time of the hand-over, `HH:MM`. */
  at: string;
  /** Temporary replacements, with local times as `YYYY-MM-DDTHH:MM`. The last one that applies counts. */
  overrides: readonly { person: string; from: string; to: string }[];
}

/** The people who can be called at a level, by their names in the configuration. */
export interface Roster {
  people: readonly string[];
  rotation?: Rotation | undefined;
}

/** The people of a level who are on call at an instant (ISO 8601): one person with a rotation, everybody without. */
export function onCall({ people, rotation }: Roster, at: string): readonly string[] {
  if (!rotation) return people;
  const now = Temporal.Instant.from(at).toZonedDateTimeISO(rotation.timeZone);
  const override = rotation.overrides.findLast(({ from, to }) => within(now.toPlainDateTime(), from, to));
  if (override) return [override.person];
  const first = Temporal.PlainDateTime.from(`${rotation.since}T${rotation.at}`).toZonedDateTime(rotation.timeZone);
  const person = people[modulo(weeksSince(first, now), people.length)];
  return person === undefined ? [] : [person];
}

const within = (now: Temporal.PlainDateTime, from: string, to: string) =>
  Temporal.PlainDateTime.compare(from, now) <= 0 && Temporal.PlainDateTime.compare(now, to) < 0;

/** Whole weeks in local time: a week in which the clocks change is an hour longer or shorter. */
function weeksSince(first: Temporal.ZonedDateTime, now: Temporal.ZonedDateTime): number {
  const weeks = first.until(now, { largestUnit: 'week' }).weeks;
  return Temporal.ZonedDateTime.compare(first.add({ weeks }), now) > 0 ? weeks - 1 : weeks;
}

const modulo = (n: number, by: number) => ((n % by) + by) % by;
