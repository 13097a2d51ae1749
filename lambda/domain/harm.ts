import type { Incident } from './incident.ts';
import { assess, assessService, type Criterion, type Facts } from './severity.ts';
import type { Check } from './timeline.ts';

type Judged = Pick<Incident, 'policy' | 'facts'>;

/** Nothing that was measured of how people are served is an incident by itself. */
export const isServed = ({ policy, facts }: Judged): boolean => assessService(facts, policy.criteria).severity === 'P4';

/** People suffer, as measured. An alarm alone says nothing of people, nor does what somebody declared. */
export const isHarmed = (incident: Judged): boolean => !incident.policy.playbook.ownFacts && !isServed(incident);

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

/** As many tasks run, or are starting, as are wanted. */
export function tasksRunning({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: TaskCounts): Check {
  const seen = `${runningCount} of ${desiredCount}`;
  return { check: 'tasks running', passed: runningCount > 0 && runningCount + pendingCount >= desiredCount, seen };
}

interface TaskCounts {
  desiredCount?: number | undefined;
  runningCount?: number | undefined;
  pendingCount?: number | undefined;
}
