import { type Counts, minutesOf } from '../diagnosis/traffic.ts';
import type { Incident } from '../incident/incident.ts';
import { LATE_SECONDS, type Point } from '../kernel/latest.ts';
import type { Facts } from '../kernel/severity.ts';
import { minutesBetween, plusMinutes } from '../kernel/time.ts';
import type { Course } from './outage.ts';

/** Minutes before an incident that are looked at: an alarm may date its beginning later than people suffered. */
const BEFORE = 30;
const DAY = 24 * 60;

/** What is read of CloudWatch for an incident that is over, and in periods of how many seconds. */
export interface Window {
  from: string;
  to: string;
  seconds: number;
}

/** By the minute, where that is not too much, and as long as CloudWatch keeps minutes: 15 days, and 63 those of five. */
export function windowOf({ startedAt, resolvedAt = startedAt }: Incident, now: string): Window {
  const from = plusMinutes(startedAt, -BEFORE);
  const [length, age] = [minutesBetween(from, resolvedAt), minutesBetween(from, now)];
  const seconds = length <= 2 * DAY && age < 15 * DAY ? 60 : length <= 15 * DAY && age < 63 * DAY ? 300 : 3600;
  return { from, to: resolvedAt, seconds };
}

/** Values by the ids of `impactQueries`. */
export type ImpactPoints = Counts & { failing?: Point[] };

/** Requests of the last five minutes below which nobody can tell are asked of each minute by a fifth. */
const JUDGED_MINUTES = 5;

/** The course of an incident, period by period. Of few requests no share is told: one that fails says nothing. */
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
