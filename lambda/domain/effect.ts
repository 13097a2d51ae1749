import type { MinuteOfTraffic } from './deployment.ts';
import type { Run } from './incident.ts';
import { percent } from './severity.ts';
import type { Check } from './timeline.ts';

/** Of the requests, so few may fail that people are relieved. */
const FEW = 0.05;

/** By how much more of the requests must fail than before: less may be chance. */
const WORSE_BY = 0.1;

/**
 * Whether a run made it worse: in the latest whole minute after the runbook's end more requests fail than the diagnosis
 * saw before it. Undefined when it did not, or when nobody can tell.
 */
export function madeWorse({ facts }: Run, traffic: readonly MinuteOfTraffic[], ended: string): Check | undefined {
  const before = facts.usersAffectedShare;
  const after = shareSince(traffic, ended);
  if (before === undefined || after === undefined || after < before + WORSE_BY) return undefined;
  return {
    check: 'requests failing',
    passed: false,
    seen: `${percent(after)} since, ${percent(before)} before: it made it worse`,
  };
}

/** Whether people are relieved since: in the latest whole minute after the runbook's end next to no request fails. */
export function relieved(traffic: readonly MinuteOfTraffic[], ended: string): Check {
  const after = shareSince(traffic, ended);
  return {
    check: 'requests failing',
    passed: after !== undefined && after < FEW,
    seen: after === undefined ? 'no whole minute of requests since' : percent(after),
  };
}

const shareSince = (traffic: readonly MinuteOfTraffic[], ended: string) =>
  traffic.filter(({ at }) => at >= Date.parse(ended)).at(-1)?.share;
