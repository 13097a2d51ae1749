import { LATE_SECONDS, type Point } from '../kernel/latest.ts';
import { percent } from '../kernel/numbers.ts';
import { USUAL_BOUNDS } from '../kernel/severity.ts';

/** What the load balancer counted of one minute, as far as it is known by now. */
export interface MinuteOfTraffic {
  /** When the minute began, in milliseconds. */
  at: number;
  /** All requests: also those for which no target could be chosen. While counts may still come in, the most there can be. */
  requests: number;
  /** Requests answered with 5xx, by a target or by the load balancer itself. */
  failed: number;
  /** How long its answers took, in seconds, where that was reported: on average, and the slowest twentieth at least. */
  seconds?: number | undefined;
  p95?: number | undefined;
  /** No count can come in any more. Until then `failed / requests` is the least share that failed, and zero means nothing. */
  settled: boolean;
}

/**
 * The share of requests that failed, 0 to 1, how long answers took, in seconds, and the end of the latest minute that it is
 * of; or why nobody can tell.
 */
export type Traffic = JudgedTraffic | { unknown: 'too few requests' | 'no whole minute' };

export interface JudgedTraffic {
  share: number;
  /** On average, and of the slowest twentieth at least. Absent where nothing was reported. */
  seconds?: number | undefined;
  p95?: number | undefined;
  measuredAt: string;
}

/** The share of failing requests at which a service counts as failing. */
export const FAILING_SHARE = USUAL_BOUNDS.failingShare;

const MINUTE = 60_000;
/** Minutes that are judged together, at most: the bound of their age, beyond lateness. */
const MOST_MINUTES = 5;

/** Values by minute, by the ids of `trafficQueries`. Where nothing was counted there is no datapoint. */
export type Counts = Partial<
  Record<'requests' | 'errors' | 'refused' | 'badGateway' | 'timedOut' | 'seconds' | 'p95', Point[]>
>;

/**
 * The whole minutes, the oldest first. A count may come late, and in parts: errors before the requests that they are of,
 * or after. So a minute is taken as it stands only when nothing can come in any more. Until then what has failed is held
 * against as many requests as the busiest settled minute of the hour had: that it failed, can be seen early; that it is well, cannot.
 */
export function minutesOf(counts: Counts, now: Date): MinuteOfTraffic[] {
  const at = (points: Point[] = []) => new Map(points.map(point => [point.at, point.value]));
  const [requests, errors, refused] = [at(counts.requests), at(counts.errors), at(counts.refused)];
  const [badGateway, timedOut] = [at(counts.badGateway), at(counts.timedOut)];
  const [seconds, p95] = [at(counts.seconds), at(counts.p95)];
  const whole = [...new Set([...requests.keys(), ...errors.keys(), ...refused.keys()])]
    .filter(start => start + MINUTE <= now.getTime())
    .sort((a, b) => a - b);
  const minutes = whole.map(start => {
    const [byTargets, byBalancer] = [errors.get(start) ?? 0, refused.get(start) ?? 0];
    // With a bad gateway and a time-out a target had been chosen, so `RequestCount` has them already.
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
 * The share of requests that failed of late: of as few of the last five settled minutes as hold `least` requests, the
 * newest first. A newer minute counts early if at least a larger share of it failed. `since`: nothing that began before it.
 */
export function judgeTraffic(minutes: readonly MinuteOfTraffic[], now: Date, least: number, since = 0): Traffic {
  const { from, to } = window(now, since);
  const early = minutes
    .filter(({ at, settled, requests }) => !settled && at >= since && requests >= least)
    .map(minute => judged([minute]))
    .toSorted((a, b) => b.share - a.share)[0];
  const pooled = from < to ? pool(minutes, from, to, least) : [];
  const settled = sum(pooled, 'requests') >= least ? judged(pooled) : undefined;
  // What took long may still be counted: only settled minutes tell how long answers take.
  if (early && early.share >= (settled?.share || FAILING_SHARE))
    return { ...early, seconds: settled?.seconds, p95: settled?.p95 };
  return settled ?? { unknown: from < to ? 'too few requests' : 'no whole minute' };
}

/** Read out: "38 % of requests fail". */
export const trafficWords = (traffic: Traffic): string =>
  'unknown' in traffic
    ? { 'too few requests': 'too few requests to judge', 'no whole minute': 'no whole minute of requests' }[
        traffic.unknown
      ]
    : [`${percent(traffic.share)} of requests fail`, ...takes(traffic)].join(', ');

const takes = ({ seconds, p95 }: JudgedTraffic) =>
  seconds === undefined
    ? []
    : [`answers take ${rounded(seconds)} s${p95 === undefined ? '' : `, one in twenty ${rounded(p95)} s or more`}`];

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

/** The last settled minutes that are not too old, from the first's beginning to the last's end. */
function window(now: Date, since: number): { from: number; to: number } {
  const to = Math.floor((now.getTime() - LATE_SECONDS * 1000) / MINUTE) * MINUTE;
  return { from: Math.max(to - MOST_MINUTES * MINUTE, Math.ceil(since / MINUTE) * MINUTE), to };
}

function pool(minutes: readonly MinuteOfTraffic[], from: number, to: number, least: number): MinuteOfTraffic[] {
  const pooled: MinuteOfTraffic[] = [];
  for (const minute of minutes.toReversed()) {
    if (sum(pooled, 'requests') >= least) break;
    if (minute.settled && minute.at >= from && minute.at < to) pooled.push(minute);
  }
  return pooled;
}

const sum = (minutes: readonly MinuteOfTraffic[], of: 'requests' | 'failed') =>
  minutes.reduce((all, minute) => all + minute[of], 0);

const judged = (minutes: readonly MinuteOfTraffic[]): JudgedTraffic => ({
  share: sum(minutes, 'failed') / sum(minutes, 'requests'),
  seconds: weighted(minutes, 'seconds'),
  p95: weighted(minutes, 'p95'),
  measuredAt: new Date(Math.max(...minutes.map(({ at }) => at)) + MINUTE).toISOString(),
});

/** By requests, of the minutes for which it was reported: exact for an average, near enough for a percentile. */
function weighted(minutes: readonly MinuteOfTraffic[], of: 'seconds' | 'p95'): number | undefined {
  const timed = minutes.filter(minute => minute[of] !== undefined);
  const total = timed.reduce((all, minute) => all + (minute[of] ?? 0) * minute.requests, 0);
  return timed.length > 0 ? total / sum(timed, 'requests') : undefined;
}
