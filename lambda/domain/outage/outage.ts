import type { Incident } from '../incident/incident.ts';
import type { MeasuredOutage } from '../incident/review-records.ts';
import { percent } from '../kernel/numbers.ts';
import { AFFECTED_SHARE, assessService, type Criterion, type Facts, withAffected } from '../kernel/severity.ts';
import { clockSince, duration, minutesBetween, plusMinutes } from '../kernel/time.ts';

/** The facts about the service in one period, as CloudWatch counted them. */
export interface Period {
  /** The beginning of the period. */
  at: string;
  facts: Facts;
}

/** The periods around an incident, each of `minutes`. After `settledUntil` counts may still arrive. */
export interface Course {
  periods: readonly Period[];
  minutes: number;
  settledUntil: string;
}

/** The most minutes without harm between two parts of one outage, where the incident does not span them. */
const GAP_MINUTES = 5;

interface Stretch {
  from: string;
  to: string;
}

/**
 * Measures the outage: from the first period in which a criterion of P1 to P3 holds to the end of the last. Without
 * data about the incident the outage is unknown.
 */
export function measureOutage(
  { startedAt, resolvedAt = startedAt }: Pick<Incident, 'startedAt' | 'resolvedAt'>,
  criteria: readonly Criterion[],
  course: Course,
): MeasuredOutage {
  const periods = course.periods
    .filter(({ at }) => at < resolvedAt)
    .map(({ at, facts }) => ({ at, facts: withAffected(facts) }))
    .sort((a, b) => a.at.localeCompare(b.at));
  const end = (at: string) => plusMinutes(at, course.minutes);
  const known = periods.filter(({ at, facts }) => end(at) > startedAt && Object.keys(facts).length > 0);
  if (known.length === 0) return { unknown: 'CloudWatch has no data of it' };

  const harmed = periods.filter(({ facts }) => assessService(facts, criteria).severity !== 'P4');
  const earliest = plusMinutes(startedAt, -GAP_MINUTES);
  const ownStretches = stretches(harmed.map(({ at }) => ({ from: at, to: end(at) }))).filter(({ to }) => to > earliest);
  const [first, last] = [ownStretches[0], ownStretches.at(-1)];
  if (!first || !last) return extremes(known);
  const open = last.to >= resolvedAt || last.to >= course.settledUntil;
  const to = open ? resolvedAt : last.to;
  return {
    ...{ from: first.from, to, ...(open ? { open } : {}) },
    ...extremes(periods.filter(({ at }) => at >= first.from && at < to)),
  };
}

/** Joins stretches that are no further apart than the gap. */
function stretches(harmed: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const next of harmed) {
    const last = joined.at(-1);
    if (last && minutesBetween(last.to, next.from) <= GAP_MINUTES) last.to = next.to;
    else joined.push({ ...next });
  }
  return joined;
}

/** The periods in which the largest share failed, and in which answers took longest. */
function extremes(periods: readonly Period[]): Pick<MeasuredOutage, 'worst' | 'slowest'> {
  const periodWithHighest = (fact: string) => {
    const valueIn = (period: Period) => period.facts[fact] ?? 0;
    const highest = periods.reduce<Period | undefined>(
      (best, next) => (valueIn(next) > (best ? valueIn(best) : 0) ? next : best),
      undefined,
    );
    return highest && { at: highest.at, value: valueIn(highest), facts: highest.facts };
  };
  const [worst, slowest] = [periodWithHighest(AFFECTED_SHARE), periodWithHighest('responseSeconds')];
  const failing = worst && worst.facts['usersAffectedShare'] === worst.value ? 'requests' : 'health URLs';
  return {
    ...(worst ? { worst: { at: worst.at, share: worst.value, of: failing } } : {}),
    ...(slowest ? { slowest: { at: slowest.at, seconds: slowest.value } } : {}),
  };
}

/**
 * The one definition of the times of an incident; every message, document, figure and page takes them from here.
 * - start: the first minute in which people were harmed, by the metrics; where these tell nothing, or no harm, when the first
 *   signal began.
 * - mitigation: the end of the last such minute; else when every signal was clear for good.
 * - downtime: from start to mitigation, in whole minutes.
 * - end: when the incident was resolved (`resolvedAt`).
 */
export interface Outage {
  /** The start. */
  from: string;
  /** The mitigation; undefined while it lasts. */
  to: string | undefined;
  /** The downtime. */
  minutes: number | undefined;
  /** The source: the metrics, where they could be read and show harm, else the signals. */
  by: 'metrics' | 'signals';
}

export function outageOf({ startedAt, clearedAt, resolvedAt, outage }: Incident): Outage {
  const isMeasured = outage?.from !== undefined;
  const from = outage?.from ?? startedAt;
  const to = isMeasured ? outage.to : (clearedAt ?? resolvedAt);
  const minutes = to === undefined ? undefined : Math.round(Math.max(0, minutesBetween(from, to)));
  return { from, to, minutes, by: isMeasured ? 'metrics' : 'signals' };
}

/** "6 minutes"; null while it lasts. */
export function lasted(incident: Incident): string | null {
  const { minutes } = outageOf(incident);
  return minutes === undefined ? null : span(minutes);
}

/** A duration in words, without seconds. */
export const span = (minutes: number) => (minutes < 1 ? 'less than a minute' : duration(minutes));

/** The source of the duration in words: "by the metrics". */
export function basis({ outage }: Pick<Incident, 'outage'>): string {
  if (outage?.from !== undefined)
    return outage.open ? 'by the metrics, which were not well yet when the incident was resolved' : 'by the metrics';
  if (outage?.unknown !== undefined) return `by the signals; the metrics tell nothing: ${outage.unknown}`;
  return outage ? 'by the signals; the metrics show no harm to people' : 'by the signals';
}

/** The worst effect on people, as a phrase; null if nobody measured it. */
export function worstWords(incident: Incident): string | null {
  const { outage, startedAt, worst: recorded } = incident;
  const at = (iso: string) => `${clockSince(startedAt, iso)} UTC`;
  if (outage && outage.unknown === undefined) {
    const { worst, slowest } = outage;
    if (worst) return `at worst (${at(worst.at)}) ${percent(worst.share)} of ${worst.of} failed`;
    const slow = outage.from !== undefined && slowest;
    return slow
      ? `no request failed; at worst (${at(slow.at)}) an answer took ${slow.seconds.toFixed(1)} s on average`
      : 'no request failed';
  }
  return recorded
    ? `at least ${percent(recorded.share)} of requests failed (${at(recorded.at)}); the worst minute is not known`
    : null;
}
