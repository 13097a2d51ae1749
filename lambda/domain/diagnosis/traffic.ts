import { LATE_SECONDS, type Point } from '../kernel/latest.ts';
import { inSeconds, percent } from '../kernel/numbers.ts';
import { USUAL_BOUNDS } from '../kernel/severity.ts';

/** The load balancer's counts for one minute, as far as they are known. */
export interface MinuteOfTraffic {
  /** When the minute began, in milliseconds. */
  at: number;
  /**
   * All requests, including those for which no target could be chosen. While counts may still arrive, this is the
   * largest possible number.
   */
  requests: number;
  /** Requests answered with 5xx, by a target or by the load balancer itself. */
  failed: number;
  /** Response time in seconds, where it was reported: the average, and the 95th percentile. */
  seconds?: number | undefined;
  p95?: number | undefined;
  /**
   * No more counts can arrive. Until then `failed / requests` is the smallest possible share that failed, and zero
   * means nothing.
   */
  settled: boolean;
}

/**
 * The share of requests that failed, 0 to 1, with response times in seconds and the end of the latest minute that was
 * judged; or the reason why it cannot be judged.
 */
export type Traffic = JudgedTraffic | { unknown: 'too few requests' | 'no whole minute' };

export interface JudgedTraffic {
  share: number;
  /** The average, and the 95th percentile. Absent if nothing was reported. */
  seconds?: number | undefined;
  p95?: number | undefined;
  measuredAt: string;
}

/** The share of failing requests at which a service counts as failing. */
export const FAILING_SHARE = USUAL_BOUNDS.failingShare;

const MINUTE = 60_000;
/** The most minutes that are judged together. This limits the age of the data, beyond its lateness. */
const MOST_MINUTES = 5;

/** Values by minute, by the ids of `trafficQueries`. A minute without requests has no datapoint. */
export type Counts = Partial<
  Record<'requests' | 'errors' | 'refused' | 'badGateway' | 'timedOut' | 'seconds' | 'p95', Point[]>
>;

/**
 * The whole minutes, oldest first. Counts may arrive late and in parts: errors before or after the requests that they
 * belong to. So a minute is settled only when no more counts can arrive. Before that, its failures are divided by at
 * least the number of requests of the busiest settled minute of the hour: a failing minute shows early, a healthy one
 * does not.
 */
export function minutesOf(counts: Counts, now: Date): MinuteOfTraffic[] {
  const byTime = (points: Point[] = []) => new Map(points.map(point => [point.at, point.value]));
  const [requests, errors, refused] = [byTime(counts.requests), byTime(counts.errors), byTime(counts.refused)];
  const [badGateway, timedOut] = [byTime(counts.badGateway), byTime(counts.timedOut)];
  const [seconds, p95] = [byTime(counts.seconds), byTime(counts.p95)];
  const whole = [...new Set([...requests.keys(), ...errors.keys(), ...refused.keys()])]
    .filter(start => start + MINUTE <= now.getTime())
    .sort((a, b) => a - b);
  const minutes = whole.map(start => {
    const [byTargets, byBalancer] = [errors.get(start) ?? 0, refused.get(start) ?? 0];
    // For a bad gateway or a time-out a target had been chosen, so `RequestCount` includes these requests.
    const chosen = Math.min(byBalancer, (badGateway.get(start) ?? 0) + (timedOut.get(start) ?? 0));
    return {
      at: start,
      requests: Math.max(requests.get(start) ?? 0, byTargets + chosen) + byBalancer - chosen,
      failed: byTargets + byBalancer,
      seconds: seconds.get(start),
      p95: p95.get(start),
      settled: start + MINUTE + LATE_SECONDS * 1000 <= now.getTime(),
    };
  });
  const busiest = Math.max(0, ...minutes.map(minute => (minute.settled ? minute.requests : 0)));
  return minutes
    .filter(({ settled, requests }) => requests > 0 && (settled || busiest > 0))
    .map(minute => (minute.settled ? minute : { ...minute, requests: Math.max(minute.requests, busiest) }));
}

/**
 * The share of requests that failed recently: over as few of the last five settled minutes as hold `least` requests,
 * newest first. A newer minute counts early if even the smallest share of it that can have failed is larger. Minutes
 * that began before `since` are left out.
 */
export function judgeTraffic(minutes: readonly MinuteOfTraffic[], now: Date, least: number, since = 0): Traffic {
  const { from, to } = window(now, since);
  const early = minutes
    .filter(({ at, settled, requests }) => !settled && at >= since && requests >= least)
    .map(minute => judgement([minute]))
    .toSorted((a, b) => b.share - a.share)[0];
  const chosen = from < to ? newestMinutes(minutes, from, to, least) : [];
  const settled = sum(chosen, 'requests') >= least ? judgement(chosen) : undefined;
  // Slow answers may not have been counted yet: only settled minutes give response times.
  if (early && early.share >= (settled?.share || FAILING_SHARE))
    return { ...early, seconds: settled?.seconds, p95: settled?.p95 };
  return settled ?? { unknown: from < to ? 'too few requests' : 'no whole minute' };
}

/** The judgement in words: "38 % of requests fail". */
export const trafficWords = (traffic: Traffic): string =>
  'unknown' in traffic
    ? { 'too few requests': 'too few requests to judge', 'no whole minute': 'no whole minute of requests' }[
        traffic.unknown
      ]
    : [`${percent(traffic.share)} of requests fail`, ...responseTimeWords(traffic)].join(', ');

const responseTimeWords = ({ seconds, p95 }: JudgedTraffic) =>
  seconds === undefined
    ? []
    : [`answers take ${inSeconds(seconds)}${p95 === undefined ? '' : `, one in twenty ${inSeconds(p95)} or more`}`];

/** The last settled minutes that are not too old: from the beginning of the first to the end of the last. */
function window(now: Date, since: number): { from: number; to: number } {
  const to = Math.floor((now.getTime() - LATE_SECONDS * 1000) / MINUTE) * MINUTE;
  return { from: Math.max(to - MOST_MINUTES * MINUTE, Math.ceil(since / MINUTE) * MINUTE), to };
}

function newestMinutes(
  minutes: readonly MinuteOfTraffic[],
  from: number,
  to: number,
  least: number,
): MinuteOfTraffic[] {
  const chosen: MinuteOfTraffic[] = [];
  for (const minute of minutes.toReversed()) {
    if (sum(chosen, 'requests') >= least) break;
    if (minute.settled && minute.at >= from && minute.at < to) chosen.push(minute);
  }
  return chosen;
}

const sum = (minutes: readonly MinuteOfTraffic[], field: 'requests' | 'failed') =>
  minutes.reduce((total, minute) => total + minute[field], 0);

const judgement = (minutes: readonly MinuteOfTraffic[]): JudgedTraffic => ({
  share: sum(minutes, 'failed') / sum(minutes, 'requests'),
  seconds: weighted(minutes, 'seconds'),
  p95: weighted(minutes, 'p95'),
  measuredAt: new Date(Math.max(...minutes.map(({ at }) => at)) + MINUTE).toISOString(),
});

/**
 * The mean weighted by requests, over the minutes that reported it: exact for an average, a good approximation for a
 * percentile.
 */
function weighted(minutes: readonly MinuteOfTraffic[], field: 'seconds' | 'p95'): number | undefined {
  const timed = minutes.filter(minute => minute[field] !== undefined);
  const weightedSum = timed.reduce((total, minute) => total + (minute[field] ?? 0) * minute.requests, 0);
  return timed.length > 0 ? weightedSum / sum(timed, 'requests') : undefined;
}
