import { FAILING_SHARE, type Traffic } from '../diagnosis/traffic.ts';
import type { Check, Impact } from '../incident/events.ts';
import type { Run } from '../incident/incident.ts';
import { inSeconds, percent } from '../kernel/numbers.ts';
import { type Facts, USUAL_BOUNDS } from '../kernel/severity.ts';

/** The increase in the share of failing requests that counts as harm: a smaller one may be chance. */
const HARMFUL_INCREASE = 0.1;

/** Measurements of how people are served, before a run or after it. */
export type Measured = Facts & { usersAffectedShare?: number; healthFailingShare?: number; responseSeconds?: number };

/** The average response time, in seconds, from which the service counts as slow. */
const SLOW_SECONDS = USUAL_BOUNDS.noticeable.average;

/** The share of requests or health URLs that fail, and the average response time in seconds, from which people suffer. */
export const SUFFERING = { share: FAILING_SHARE, seconds: SLOW_SECONDS } as const;

/**
 * The impact of a run on people, by measurements before and after it. Harmful: at least ten percentage points more of
 * the requests fail, no health URL answers any more (then there may be no requests to count), or answers that were not
 * slow take twice as long and are slow now, unless fewer requests or health URLs fail in return: an error is quick.
 * Relieved: requests or health URLs failed or answers were slow before, and at most half of each remains. Undefined: neither, or unknown.
 */
export function impactOf(before: Measured, after: Measured): Impact | undefined {
  const { usersAffectedShare: share, healthFailingShare: health, responseSeconds: seconds } = before;
  const { usersAffectedShare: shareNow, healthFailingShare: healthNow, responseSeconds: secondsNow } = after;
  if (share !== undefined && shareNow !== undefined && shareNow >= share + HARMFUL_INCREASE) return 'harmful';
  if (health !== undefined && health < 1 && healthNow === 1) return 'harmful';
  if (isSlower(before, after)) return 'harmful';
  const isOver = (bound: number, value = 0) => value >= bound;
  const hasHalved = (bound: number, was?: number, is?: number) =>
    isOver(bound, was) ? is !== undefined && is <= (was ?? 0) / 2 : !isOver(bound, is);
  const suffered = isOver(FAILING_SHARE, share) || isOver(FAILING_SHARE, health) || isOver(SLOW_SECONDS, seconds);
  const isRelieved =
    hasHalved(FAILING_SHARE, share, shareNow) &&
    hasHalved(FAILING_SHARE, health, healthNow) &&
    hasHalved(SLOW_SECONDS, seconds, secondsNow);
  return suffered && isRelieved ? 'relieved' : undefined;
}

function isSlower(before: Measured, after: Measured): boolean {
  const { responseSeconds: was, usersAffectedShare: share = 0, healthFailingShare: health = 0 } = before;
  const { responseSeconds: is, usersAffectedShare: shareNow = share, healthFailingShare: healthNow = health } = after;
  const areMoreServed = shareNow <= share - HARMFUL_INCREASE || healthNow < health;
  return (
    !areMoreServed && was !== undefined && is !== undefined && was < SLOW_SECONDS && is >= SLOW_SECONDS && is >= 2 * was
  );
}

/** The impact of a run that was not verified, in words. */
export const impactWords = (impact: Impact | undefined) =>
  impact === 'harmful'
    ? 'made it worse'
    : impact === 'relieved'
      ? 'relieved people, and did not end the trouble'
      : 'did not help';

/** The measurement of how people are served now. */
export const measuredNow = (traffic: Traffic, healthFailingShare: number): Measured => ({
  ...('share' in traffic && { usersAffectedShare: traffic.share }),
  ...('share' in traffic && traffic.seconds !== undefined && { responseSeconds: traffic.seconds }),
  ...('share' in traffic && traffic.p95 !== undefined && { responseP95Seconds: traffic.p95 }),
  healthFailingShare,
});

/** A failed check if a run was harmful; undefined if it was not, or if that is unknown. */
export function harmCheck({ facts }: Run, traffic: Traffic, healthFailingShare: number): Check | undefined {
  const now = measuredNow(traffic, healthFailingShare);
  if (impactOf(facts, now) !== 'harmful') return undefined;
  const { usersAffectedShare: before, responseSeconds: secondsBefore } = facts;
  if ('share' in traffic && isSlower(facts, now))
    return harmfulCheck(
      'response time',
      `${inSeconds(traffic.seconds ?? 0)} since, ${inSeconds(secondsBefore ?? 0)} before`,
    );
  return 'share' in traffic && before !== undefined && traffic.share >= before + HARMFUL_INCREASE
    ? harmfulCheck('requests failing', `${percent(traffic.share)} since, ${percent(before)} before`)
    : harmfulCheck('health URLs', 'none answers since, some did before');
}

const harmfulCheck = (check: string, seen: string): Check => ({
  check,
  passed: false,
  seen: `${seen}: it made it worse`,
});
