import { type Counts, minutesOf } from '../diagnosis/traffic.ts';
import type { Incident } from '../incident/incident.ts';
import { LATE_SECONDS, type Point } from '../kernel/latest.ts';
import type { Facts } from '../kernel/severity.ts';
import { minutesBetween, plusMinutes } from '../kernel/time.ts';
import type { Course } from './outage.ts';

/** Minutes before an incident that are read as well: an alarm may begin later than people were harmed. */
const LEAD_MINUTES = 30;
const DAY = 24 * 60;

/** The time that is read from CloudWatch for an incident that is over, and the length of a period in seconds. */
export interface Window {
  from: string;
  to: string;
  seconds: number;
}

/**
 * Chooses the finest resolution that CloudWatch still has: one minute for 15 days, five minutes for 63 days, and not
 * too many periods.
 */
export function windowOf({ startedAt, resolvedAt = startedAt }: Incident, now: string): Window {
  const from = plusMinutes(startedAt, -LEAD_MINUTES);
  const [length, age] = [minutesBetween(from, resolvedAt), minutesBetween(from, now)];
  const seconds = length <= 2 * DAY && age < 15 * DAY ? 60 : length <= 15 * DAY && age < 63 * DAY ? 300 : 3600;
  return { from, to: resolvedAt, seconds };
}

/** Values by the ids of `impactQueries`. */
export type ImpactPoints = Counts & { failing?: Point[] };

/** The minimum of requests applies to five minutes; each minute must have a fifth of it. */
const JUDGED_MINUTES = 5;

/**
 * The course of an incident, period by period. Periods with too few requests have no share: one failure would distort
 * it.
 */
export function courseOf(
  { failing = [], ...counts }: ImpactPoints,
  { now, seconds, minimumRequests }: { now: Date; seconds: number; minimumRequests: number },
): Course {
  const periods = new Map<number, Facts>();
  const add = (at: number, facts: Facts) => periods.set(at, { ...periods.get(at), ...facts });
  const busy = minutesOf(counts, now).filter(({ requests }) => requests >= minimumRequests / JUDGED_MINUTES);
  for (const { at, failed, requests, seconds: average, p95 } of busy)
    add(at, {
      usersAffectedShare: failed / requests,
      ...(average !== undefined && { responseSeconds: average }),
      ...(p95 !== undefined && { responseP95Seconds: p95 }),
    });
  for (const { at, value } of failing) add(at, { healthFailingShare: value });
  return {
    periods: [...periods].map(([at, facts]) => ({ at: new Date(at).toISOString(), facts })),
    minutes: seconds / 60,
    settledUntil: new Date(now.getTime() - LATE_SECONDS * 1000).toISOString(),
  };
}
