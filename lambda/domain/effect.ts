import type { Impact, Run } from './incident.ts';
import { type Facts, percent } from './severity.ts';
import type { Check } from './timeline.ts';
import { FAILING_SHARE, type Traffic, trafficWords } from './traffic.ts';

/** By how much more of the requests must fail than before: less may be chance. */
const WORSE_BY = 0.1;

/** Measurements of people, before a run and after it. */
export type Measured = Facts & { usersAffectedShare?: number; healthFailingShare?: number };

/**
 * The impact of a run on people, by what was measured before and after it. Harmful: a tenth more of the requests fail, or no
 * health URL answers any more; then there may be no request to count. Relieved: requests or health URLs were failing, and
 * of each that was, at most half as much fails now. Undefined: neither, or nobody can tell.
 */
export function impactOf(before: Measured, after: Measured): Impact | undefined {
  const { usersAffectedShare: share, healthFailingShare: health } = before;
  const { usersAffectedShare: shareNow, healthFailingShare: healthNow } = after;
  if (share !== undefined && shareNow !== undefined && shareNow >= share + WORSE_BY) return 'harmful';
  if (health !== undefined && health < 1 && healthNow === 1) return 'harmful';
  const failing = (was = 0) => was >= FAILING_SHARE;
  const fell = (was?: number, is?: number) => (failing(was) ? is !== undefined && is <= (was ?? 0) / 2 : !failing(is));
  return (failing(share) || failing(health)) && fell(share, shareNow) && fell(health, healthNow)
    ? 'relieved'
    : undefined;
}

/** The verdict on a run that was not verified, in words. */
export const verdictWords = (impact: Impact | undefined) =>
  impact === 'harmful'
    ? 'made it worse'
    : impact === 'relieved'
      ? 'relieved people, and did not end the trouble'
      : 'did not help';

/** What is measured of people now. */
export const nowOf = (traffic: Traffic, healthFailingShare: number): Measured => ({
  ...('share' in traffic && { usersAffectedShare: traffic.share }),
  healthFailingShare,
});

/** Enough is known of the requests since to tell whether they suffer. */
export const judged = (traffic: Traffic): Check => ({
  check: 'requests judged',
  passed: 'share' in traffic || traffic.unknown === 'too few requests',
  seen: 'share' in traffic ? `${percent(traffic.share)} fail` : trafficWords(traffic),
});

/** Whether a run made it worse, for people to read. Undefined when it did not, or when nobody can tell. */
export function madeWorse({ facts }: Run, traffic: Traffic, healthFailingShare: number): Check | undefined {
  if (impactOf(facts, nowOf(traffic, healthFailingShare)) !== 'harmful') return undefined;
  const before = facts.usersAffectedShare;
  return 'share' in traffic && before !== undefined && traffic.share >= before + WORSE_BY
    ? harm('requests failing', `${percent(traffic.share)} since, ${percent(before)} before`)
    : harm('health URLs', 'none answers since, some did before');
}

const harm = (check: string, seen: string): Check => ({ check, passed: false, seen: `${seen}: it made it worse` });

/** Whether people are served: next to no request fails. Where there are too few to judge, the health URLs alone say so. */
export function relieved(traffic: Traffic): Check {
  const check = 'requests failing';
  return 'share' in traffic
    ? { check, passed: traffic.share < FAILING_SHARE, seen: percent(traffic.share) }
    : { check, passed: traffic.unknown === 'too few requests', seen: trafficWords(traffic) };
}
