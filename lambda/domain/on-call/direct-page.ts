import { type EscalationLevel, LEVEL_MINUTES } from '../incident/service-policy.ts';
import type { SignalLevel } from '../incident/signal.ts';
import { minutesBetween } from '../kernel/time.ts';
import type { Roster } from './roster.ts';

/** An alarm that is red now. */
export interface RedAlarm {
  name: string;
  /** Its description, for people. */
  title: string;
  /** When it turned red, in ISO 8601 and UTC. */
  since: string;
  /** Absent, nobody knows: it counts as critical. */
  level?: SignalLevel | undefined;
}

/** A level of the escalation path with the people in it. */
export type StaffedLevel = Omit<EscalationLevel, 'level'> & Roster;

/**
 * The part of the configuration that pages are sent by while the incident store is away: it reaches the watch without the
 * store.
 */
export interface DirectPaging {
  /** The service's title. */
  title: string;
  region: string;
  /** The first level first. */
  levels: readonly StaffedLevel[];
  /** Minutes between two pages to a level. */
  remindMinutes: number;
  hotline?: string | undefined;
  dashboard: string;
}

/**
 * The levels, from 1, that are paged in this minute while the incident store is away. Nothing is remembered, so the clock
 * decides: a level has one minute in every `remindMinutes`, whatever the alarms do, and is paged in it if the alarm that has
 * been red longest has waited for that level. A level is called until the next one has been called too. Neighbouring levels
 * have minutes of their own, so that each has time to answer.
 *
 * @param red undefined when CloudWatch cannot be asked: then the first level hears that nobody sees anything
 * @param now ISO 8601 in UTC
 */
export function directlyPagedLevels(
  { levels, remindMinutes }: Pick<DirectPaging, 'levels' | 'remindMinutes'>,
  red: readonly RedAlarm[] | undefined,
  now: string,
): number[] {
  const waited = red ? minutesRed(red, now) : 0;
  const minute = Math.floor(Date.parse(now) / 60_000);
  return levels.flatMap(({ afterMinutes }, i) => {
    const untilMinutes = (levels[i + 1]?.afterMinutes ?? Number.POSITIVE_INFINITY) + remindMinutes;
    const isItsMinute = minute % remindMinutes === (i % 2) * LEVEL_MINUTES;
    return isItsMinute && afterMinutes <= waited && waited < untilMinutes ? [i + 1] : [];
  });
}

/** Minutes since the first alarm that is worth a call turned red; negative when there is none. A warning wakes nobody. */
const minutesRed = (red: readonly RedAlarm[], now: string) =>
  Math.max(-1, ...red.filter(isCritical).map(({ since }) => minutesBetween(since, now)));

export const isCritical = ({ level = 'critical' }: RedAlarm) => level === 'critical';
