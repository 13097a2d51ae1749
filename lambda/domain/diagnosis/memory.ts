import type { PastDeployment } from './deployment.ts';

/** A task that stopped, as far as ECS says why. */
export interface StoppedTask {
  stoppedAt?: Date | undefined;
  stopCode?: string | undefined;
  stoppedReason?: string | undefined;
  /** `ecs-svc/ID` of the deployment that started it. */
  startedBy?: string | undefined;
  containers?: { reason?: string | undefined }[] | undefined;
}

/** Minutes for which a stopped task counts: the level that its alarm stands on lasts as long. */
export const STOPPED_MINUTES = 10;

const MINUTE = 60_000;

/**
 * Tasks that stopped of late: `kills` by the kernel for want of memory, and `restarts`, those whose own container ended.
 * Exit code 137 alone is any SIGKILL. Not counted as restarts: what deployments and scaling stop, tasks that never
 * started and tasks that failed a health check, as an overrun service fails those too; and tasks of a deployment that
 * is under way or failed, which has an incident of its own.
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

/** ECS says so of the task or of one of its containers, in either case. */
const isOutOfMemory = ({ stoppedReason, containers = [] }: StoppedTask) =>
  [stoppedReason, ...containers.map(({ reason }) => reason)].some(reason => /^outofmemory/i.test(reason ?? ''));

/** One minute's average, in per cent of what the tasks have. */
export interface MemoryPoint {
  /** In milliseconds. */
  at: number;
  value: number;
}

/** Minutes before a deployment that are compared with what came after. */
const BEFORE_MINUTES = 10;
/** Minutes of which something must be known before and after: fewer may be chance. */
const LEAST_POINTS = 8;
/** Per cent of the memory by which it must have risen. */
const LEAST_RISE = 10;
/** Parts of the time since, of which each must stand higher than the one before. */
const PARTS = 4;

/**
 * The version with which memory began to climb: level in the ten minutes before it was deployed, rising steadily since,
 * up to the next deployment, which starts every task anew. Restarts of the same version are no new ones.
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
  // What climbed before goes on climbing at least half as fast as it does since.
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
