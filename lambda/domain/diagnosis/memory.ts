import type { PastDeployment } from './deployment.ts';

/** A task that stopped, as far as ECS reports why. */
export interface StoppedTask {
  stoppedAt?: Date | undefined;
  stopCode?: string | undefined;
  stoppedReason?: string | undefined;
  /** `ecs-svc/ID` of the deployment that started it. */
  startedBy?: string | undefined;
  containers?: { reason?: string | undefined }[] | undefined;
}

/** Minutes for which a stopped task counts. The metric behind its alarm covers the same time. */
export const STOPPED_MINUTES = 10;

const MINUTE = 60_000;

/**
 * Tasks that stopped recently: `kills` by the kernel because memory ran out, and `restarts` whose own container ended.
 * Exit code 137 alone can be any SIGKILL. Tasks that deployments or scaling stop, that never started or that failed a
 * health check do not count as restarts: an overloaded service fails health checks too. Tasks of a deployment that is
 * under way or failed do not count either: that has an incident of its own.
 */
export function stoppedTasks(
  tasks: readonly StoppedTask[],
  deploymentsUnderWay: readonly string[],
  now: Date,
): { kills: number; restarts: number } {
  const since = now.getTime() - STOPPED_MINUTES * MINUTE;
  const recent = tasks.filter(({ stoppedAt }) => stoppedAt && stoppedAt.getTime() > since);
  const ended = recent.filter(
    ({ stopCode, startedBy }) =>
      stopCode === 'EssentialContainerExited' && !deploymentsUnderWay.includes(startedBy ?? 'nobody'),
  );
  return { kills: recent.filter(isOutOfMemory).length, restarts: ended.length };
}

/** ECS reports the reason for the task or for one of its containers, in varying case. */
const isOutOfMemory = ({ stoppedReason, containers = [] }: StoppedTask) =>
  [stoppedReason, ...containers.map(({ reason }) => reason)].some(reason => /^outofmemory/i.test(reason ?? ''));

/** The average of one minute, in per cent of the tasks' memory. */
export interface MemoryPoint {
  /** The time in milliseconds. */
  at: number;
  value: number;
}

/** Minutes before a deployment that are compared with the time after it. */
const BEFORE_MINUTES = 10;
/** Minutes with data that are necessary before and after: with fewer, a difference may be chance. */
const LEAST_POINTS = 8;
/** Percentage points by which memory must have risen. */
const LEAST_RISE = 10;
/** Parts into which the time since is divided. Each must be higher than the one before. */
const PARTS = 4;

/**
 * The deployment with which memory began to climb: level in the ten minutes before it, rising steadily afterwards until
 * the next deployment, which restarts every task. A restart of the same version is not a new version.
 */
export function climbBeganWith(
  deployments: readonly PastDeployment[],
  memory: readonly MemoryPoint[],
): PastDeployment | undefined {
  const times = deployments.map(({ at }) => at.getTime());
  return deployments.find(({ at, restart }) => {
    const start = at.getTime();
    const end = Math.min(...times.filter(time => time > start), Number.POSITIVE_INFINITY);
    return !restart && beganAt(start, end, memory);
  });
}

function beganAt(start: number, end: number, memory: readonly MemoryPoint[]): boolean {
  const before = memory.filter(({ at }) => at >= start - BEFORE_MINUTES * MINUTE && at + MINUTE <= start);
  const after = memory.filter(({ at }) => at >= start && at < end);
  if (before.length < LEAST_POINTS || after.length < LEAST_POINTS) return false;
  const level = median(before);
  const [early, late] = [median(before.slice(0, before.length / 2)), median(before.slice(before.length / 2))];
  const size = Math.floor(after.length / PARTS);
  const parts = Array.from({ length: PARTS }, (_, i) => median(after.slice(i * size, (i + 1) * size)));
  const rises = parts.every((part, i) => part > (parts[i - 1] ?? Number.NEGATIVE_INFINITY));
  const rise = (parts.at(-1) ?? 0) - level;
  // Memory that climbed before the deployment climbs at least half as fast after it.
  const climbedBefore = (late - early) / (before.length / 2) > (rise / after.length) * 0.5;
  return rises && rise >= LEAST_RISE && !climbedBefore;
}

function median(points: readonly MemoryPoint[]): number {
  const sorted = points.map(({ value }) => value).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
