import type { Clock, Metrics } from 'embedded-aws';
import type { Deployments, Leak, Part } from './deployments.ts';
import type { Tasks } from './tasks.ts';

/** One task of the service, while it runs. */
export interface RunningTask {
  id: string;
  startedAt: number;
  revision: number;
  /** The deployment that started it, as ECS's scheduler names it. */
  deployment: string;
  /** MiB that it holds. */
  used: number;
}

/** One that does not any more, as ECS remembers it for an hour. */
export interface StoppedTask extends RunningTask {
  stoppedAt: number;
  stopCode: 'EssentialContainerExited' | 'ServiceSchedulerInitiated';
  stoppedReason: string;
  /** The reason that ECS gives for its container. */
  reason?: string;
}

const BASE = 1400;
const HIGH = 80;
const HOUR = 3_600_000;
/** Seconds for which the requests of a task that was killed fail. */
const KILLED_SECONDS = 30;

/** The tasks one by one, and the memory that each holds: killed when it is all there is, given back when it starts anew. */
export class Memory {
  readonly running: RunningTask[] = [];
  /** The latest first. */
  stopped: StoppedTask[] = [];
  /** A leak that every task has, whatever its version. */
  leak: (Leak & { until?: number }) | undefined;
  private readonly tasks: Tasks;
  private readonly deployments: Deployments;
  private readonly clock: Clock;
  /** True while ECS Exec is on. */
  exec = true;
  private started = 0;

  constructor(tasks: Tasks, deployments: Deployments, clock: Clock) {
    this.tasks = tasks;
    this.deployments = deployments;
    this.clock = clock;
    this.keepCount();
    for (const task of this.running) task.startedAt -= 24 * HOUR;
  }

  /** The share of their memory that the tasks use on average, in per cent. */
  get utilisation(): number {
    const shares = this.running.map(task => task.used / this.limit(task));
    return (100 * shares.reduce((a, b) => a + b, 0)) / Math.max(1, shares.length);
  }

  /** Share of the requests that were at tasks which have just been killed. */
  get errorShare(): number {
    const since = this.clock.now - KILLED_SECONDS * 1000;
    return this.kills.filter(({ stoppedAt }) => stoppedAt > since).length / this.tasks.usual;
  }

  get healthy(): boolean {
    return this.utilisation < HIGH && this.kills.every(({ stoppedAt }) => stoppedAt <= this.clock.now - HOUR / 6);
  }

  tick(seconds: number): void {
    this.stopped = this.stopped.filter(({ stoppedAt }) => stoppedAt > this.clock.now - HOUR);
    this.keepCount();
    this.keepVersion();
    for (const [i, task] of [...this.running].entries()) {
      for (const leak of this.leaksOf(task)) {
        // Tasks bear unequal load, so they do not all fall at one moment.
        const grown = task.used + (leak.perMinute * seconds * (0.9 + 0.02 * (i % 11))) / 60;
        task.used = Math.max(task.used, Math.min(leak.atMost ?? Number.POSITIVE_INFINITY, grown));
      }
      if (task.used >= this.limit(task)) this.kill(task);
    }
  }

  measure(metrics: Metrics, service: Record<string, string>): void {
    if (this.running.length > 0) metrics.put('AWS/ECS', 'MemoryUtilization', service, this.utilisation);
  }

  private get kills() {
    return this.stopped.filter(({ reason }) => reason !== undefined);
  }

  private leaksOf({ revision }: RunningTask): Leak[] {
    const { leak } = this;
    const own = this.deployments.revision(revision).leak;
    const lasting = leak && this.clock.now < (leak.until ?? Number.POSITIVE_INFINITY) ? [leak] : [];
    return [...lasting, ...(own ? [own] : [])];
  }

  private limit({ revision }: RunningTask): number {
    return this.deployments.revision(revision).memory;
  }

  /** Keeps as many tasks as ECS runs: those that fall by other causes, or are scaled away, go first. */
  private keepCount(): void {
    while (this.running.length > this.tasks.running) {
      const fell = this.tasks.running < this.tasks.desired;
      this.stop(
        this.running[0],
        'ServiceSchedulerInitiated',
        fell ? 'Task failed ELB health checks in (target-group)' : 'Scaling activity initiated by (deployment)',
      );
    }
    while (this.running.length < this.tasks.running) this.start();
  }

  /** Each deployment has its share of the tasks: the oldest of those that have too many are replaced. */
  private keepVersion(): void {
    const { parts, latest } = this.deployments;
    const counts = countsOf(parts, this.running.length, latest.scheduler);
    const missing = parts.flatMap(part => {
      const more = (counts.get(part.scheduler) ?? 0) - this.of(part.scheduler).length;
      return Array.from({ length: Math.max(0, more) }, () => part);
    });
    const surplus = [...new Set(this.running.map(({ deployment }) => deployment))].flatMap(deployment => {
      const own = this.of(deployment);
      const kept = counts.get(deployment) ?? 0;
      // A deployment that is being taken back gives up the tasks that it started last.
      return deployment === latest.scheduler ? own.slice(kept) : own.slice(0, Math.max(0, own.length - kept));
    });
    surplus.forEach((task, i) => {
      const part = missing[i];
      if (!part) return;
      this.stop(task, 'ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment)');
      this.start(part.revision.number, part.scheduler);
    });
  }

  private of(scheduler: string): RunningTask[] {
    return this.running.filter(({ deployment }) => deployment === scheduler);
  }

  private start(revision = this.deployments.wanted.number, deployment = this.deployments.primary.scheduler): void {
    const number = this.started++;
    const id = (0xa1b2c3d4 + number).toString(16).padStart(32, '0');
    const used = BASE + ((number * 37) % 100);
    this.running.push({ id, startedAt: this.clock.now, revision, deployment, used });
  }

  private kill(task: RunningTask): void {
    this.stop(
      task,
      'EssentialContainerExited',
      'Essential container in task exited',
      'OutOfMemoryError: Container killed due to memory usage',
    );
    this.tasks.running -= 1;
  }

  private stop(
    task: RunningTask | undefined,
    stopCode: StoppedTask['stopCode'],
    stoppedReason: string,
    reason?: string,
  ): void {
    if (!task) return;
    this.running.splice(this.running.indexOf(task), 1);
    this.stopped.unshift({ ...task, stoppedAt: this.clock.now, stopCode, stoppedReason, ...(reason && { reason }) });
  }
}

/** Shares `total` tasks among the parts: the latest deployment gets its whole share, the others what is left. */
function countsOf(parts: readonly Part[], total: number, latest: string): Map<string, number> {
  const counts = new Map(parts.map(({ scheduler, share }) => [scheduler, Math.floor(share * total + 1e-9)]));
  const [first] = parts.filter(({ scheduler }) => scheduler !== latest);
  const left = total - [...counts.values()].reduce((a, b) => a + b, 0);
  const taker = first?.scheduler ?? latest;
  counts.set(taker, (counts.get(taker) ?? 0) + left);
  return counts;
}
