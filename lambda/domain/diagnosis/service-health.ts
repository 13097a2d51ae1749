import type { Check } from '../incident/events.ts';
import { inSeconds, percent } from '../kernel/numbers.ts';
import { assess, type Criterion, type Facts } from '../kernel/severity.ts';
import { FAILING_SHARE, type Traffic, trafficWords } from './traffic.ts';

/** Passes if answers are so fast that nobody notices a delay. */
export function promptness(
  { responseSeconds, responseP95Seconds, healthSeconds }: Facts,
  criteria: readonly Criterion[],
): Check {
  const { severity } = assess({ responseSeconds, responseP95Seconds, healthSeconds }, criteria);
  const seen = [
    ['on average', responseSeconds],
    ['for one answer in twenty', responseP95Seconds],
    ['for the slowest health URL', healthSeconds],
  ].flatMap(([label, value]) => (typeof value === 'number' ? [`${inSeconds(value)} ${label}`] : []));
  return { check: 'response time', passed: severity === 'P4', seen: seen.join(', ') || 'not measured' };
}

export interface TaskCounts {
  desiredCount?: number | undefined;
  runningCount?: number | undefined;
  pendingCount?: number | undefined;
}

/** Passes if as many tasks run or are starting as are desired. */
export function tasksRunning({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: TaskCounts): Check {
  const seen = `${runningCount} of ${desiredCount}`;
  return { check: 'tasks running', passed: runningCount > 0 && runningCount + pendingCount >= desiredCount, seen };
}

/** Passes if almost no request fails. With too few requests to judge, the health URLs alone decide. */
export function requestsFailing(traffic: Traffic): Check {
  const check = 'requests failing';
  return 'share' in traffic
    ? { check, passed: traffic.share < FAILING_SHARE, seen: percent(traffic.share) }
    : { check, passed: traffic.unknown === 'too few requests', seen: trafficWords(traffic) };
}

/** Passes if enough is known of recent requests to judge whether they fail. */
export const requestsJudged = (traffic: Traffic): Check => ({
  check: 'requests judged',
  passed: 'share' in traffic || traffic.unknown === 'too few requests',
  seen: 'share' in traffic ? `${percent(traffic.share)} fail` : trafficWords(traffic),
});
