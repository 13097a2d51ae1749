import type { Check } from '../incident/events.ts';
import { percent } from '../kernel/numbers.ts';
import { assess, type Criterion, type Facts } from '../kernel/severity.ts';
import { FAILING_SHARE, type Traffic, trafficWords } from './traffic.ts';

/** Answers come in time: nobody notices that they are slow. */
export function promptness(
  { responseSeconds, responseP95Seconds, healthSeconds }: Facts,
  criteria: readonly Criterion[],
): Check {
  const { severity } = assess({ responseSeconds, responseP95Seconds, healthSeconds }, criteria);
  const seen = [
    ['on average', responseSeconds],
    ['for one answer in twenty', responseP95Seconds],
    ['for the slowest health URL', healthSeconds],
  ].flatMap(([what, value]) => (typeof value === 'number' ? [`${Math.round(value * 100) / 100} s ${what}`] : []));
  return { check: 'response time', passed: severity === 'P4', seen: seen.join(', ') || 'not measured' };
}

export interface TaskCounts {
  desiredCount?: number | undefined;
  runningCount?: number | undefined;
  pendingCount?: number | undefined;
}

/** As many tasks run, or are starting, as are wanted. */
export function tasksRunning({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: TaskCounts): Check {
  const seen = `${runningCount} of ${desiredCount}`;
  return { check: 'tasks running', passed: runningCount > 0 && runningCount + pendingCount >= desiredCount, seen };
}

/** Whether people are served: next to no request fails. Where there are too few to judge, the health URLs alone say so. */
export function requestsFailing(traffic: Traffic): Check {
  const check = 'requests failing';
  return 'share' in traffic
    ? { check, passed: traffic.share < FAILING_SHARE, seen: percent(traffic.share) }
    : { check, passed: traffic.unknown === 'too few requests', seen: trafficWords(traffic) };
}

/** Enough is known of the requests since to tell whether they suffer. */
export const requestsJudged = (traffic: Traffic): Check => ({
  check: 'requests judged',
  passed: 'share' in traffic || traffic.unknown === 'too few requests',
  seen: 'share' in traffic ? `${percent(traffic.share)} fail` : trafficWords(traffic),
});
