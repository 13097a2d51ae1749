import type { EcsService } from './rollout.ts';
import { done, failed, type Verdict } from './verdict.ts';

/** The ways in which Application Auto Scaling changes the number of tasks. Each can be suspended. */
export const WAYS = ['in', 'out', 'scheduled'] as const;
export type Way = (typeof WAYS)[number];

/** The ways as text: "in,out", or "none". */
export const toText = (ways: readonly Way[]): string => (ways.length > 0 ? ways.join(',') : 'none');
export const toWays = (text: string): Way[] => WAYS.filter(way => text.split(',').includes(way));

/** The ways that the responder suspends: those that nobody has suspended yet. Only these are resumed later. */
export const toSuspend = (suspended: readonly Way[]): Way[] => WAYS.filter(way => !suspended.includes(way));

export interface Counted extends EcsService {
  runningCount?: number | undefined;
}

/** The reason why the number of tasks cannot be set here; undefined when it can. */
export function whyNotScaled({ status, deploymentController }: Counted): string | undefined {
  if (status !== 'ACTIVE') return `the service is ${status}`;
  if (deploymentController?.type === 'EXTERNAL') return 'its tasks are those of an EXTERNAL deployment controller';
  return undefined;
}

/** The number that somebody else has set since the caller looked, in words; undefined when it is as expected, or the target. */
export const overtakenBy = ({ desiredCount }: Counted, target: number, expected: string): string | undefined =>
  expected === '' || Number(expected) === desiredCount || target === desiredCount
    ? undefined
    : `it is to run ${desiredCount} tasks by now, not ${expected}`;

/**
 * The progress towards the requested number of tasks. Where Application Auto Scaling is active it may change the number
 * within its bounds: then as many tasks as it wants are enough.
 */
export function scalingProgress(
  { desiredCount: wanted = 0, runningCount: running = 0 }: Counted,
  target: number,
  former: number,
  autoScaled: boolean,
): 'waiting' | Verdict {
  const isScaleIn = target < former;
  if (isScaleIn ? running <= target : running >= target) return done();
  if (wanted === former && wanted !== target) return 'waiting';
  const wasMoved = isScaleIn ? wanted > target : wanted < target;
  if (!wasMoved) return 'waiting';
  if (!autoScaled) return failed(`somebody has set the number of tasks to ${wanted} meanwhile, not ${target}`);
  return (isScaleIn ? running <= wanted : running >= wanted) ? done() : 'waiting';
}
