import { Temporal } from 'temporal-polyfill';

/** People who take turns week by week. */
export interface Rotation {
  /** IANA name, as Europe/Berlin: the hour of the hand-over is that of its clocks, also when they change. */
  timeZone: string;
  /** A day on which the first of the people began, `YYYY-MM-DD`: its weekday is that of every hand-over. */
  since: string;
  /** The hour of the hand-over, `HH:MM`. */
  at: string;
  /** Somebody else for a while, times as `YYYY-MM-DDTHH:MM` on the clocks of the time zone; the last that holds counts. */
  overrides: readonly { person: string; from: string; to: string }[];
}

/** Who can be called at a level, by the names of the configuration. */
export interface Roster {
  people: readonly string[];
  rotation?: Rotation | undefined;
}

/** Who of a level is on call at an instant (ISO 8601): one of those who take turns, or, without a rotation, all of them. */
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

/** Whole weeks by the clocks of the time zone: one with a change of clocks is an hour longer or shorter. */
function weeksSince(first: Temporal.ZonedDateTime, now: Temporal.ZonedDateTime): number {
  const weeks = first.until(now, { largestUnit: 'week' }).weeks;
  return Temporal.ZonedDateTime.compare(first.add({ weeks }), now) > 0 ? weeks - 1 : weeks;
}

const modulo = (n: number, by: number) => ((n % by) + by) % by;
