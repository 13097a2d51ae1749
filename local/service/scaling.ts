import type { Clock } from 'embedded-aws';
import type { Tasks } from './tasks.ts';

/** The suspended parts, by their names in Application Auto Scaling. */
export interface Suspensions {
  DynamicScalingInSuspended: boolean;
  DynamicScalingOutSuspended: boolean;
  ScheduledScalingSuspended: boolean;
}

export interface Bounds {
  min: number;
  max: number;
}

const NOTHING: Suspensions = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

/** Minutes above the target after which tasks are added, and clearly below it after which they are taken away. */
const [OUT_MINUTES, IN_MINUTES] = [3, 15];
/** Below this share of the target, tasks are taken away. */
const CLEARLY_BELOW = 0.9;
const COOLDOWN = 300_000;
const MINUTE = 60_000;

/**
 * Application Auto Scaling of the service: registered with bounds, and without a policy until one is given. It keeps what it
 * does within the bounds; a count that somebody else sets outside of them stays until it acts.
 */
export class Scaling {
  /** Undefined: the service is not registered as a scalable target. */
  bounds: Bounds | undefined = { min: 4, max: 40 };
  suspended: Suspensions = { ...NOTHING };
  /** Hears of each change of the number of tasks. */
  tell: (change: string) => void = () => undefined;
  private asPeopleWant: Suspensions = { ...NOTHING };
  /** CPU in per cent that the target tracking policy keeps. */
  private target: number | undefined;
  private actions: ({ at: number } & Bounds)[] = [];
  /** CPU of the minute that runs, and of the whole minutes before it, the latest last. */
  private readings: number[] = [];
  private minutes: number[] = [];
  private coolsUntil = 0;
  private readonly tasks: Tasks;
  private readonly clock: Clock;

  constructor(tasks: Tasks, clock: Clock) {
    this.tasks = tasks;
    this.clock = clock;
  }

  /** A person suspends or resumes some of it. */
  suspend(wanted: Partial<Suspensions>): void {
    this.asPeopleWant = { ...this.asPeopleWant, ...wanted };
    this.apply(wanted);
  }

  /** Some of it is suspended or resumed, whoever does it; what is not named stays. */
  apply(wanted: Partial<Suspensions>): void {
    this.suspended = { ...this.suspended, ...wanted };
    this.tasks.scalingSuspended = Object.values(this.suspended).includes(true);
  }

  /** True when exactly the parts that people had suspended are suspended. */
  get asPeopleLeftIt(): boolean {
    return JSON.stringify(this.suspended) === JSON.stringify(this.asPeopleWant);
  }

  /** New bounds: a count outside of them is brought into them. */
  register(bounds: Bounds): void {
    this.bounds = bounds;
    this.move(this.tasks.desired, 'its new bounds');
  }

  /** A target tracking policy: as many tasks as keep their CPU, in per cent, at the target. */
  track(cpu: number | undefined): void {
    this.target = cpu;
    this.tasks.mayBeFewer = cpu !== undefined;
    this.minutes = [];
  }

  /** A scheduled action: from then on, other bounds. */
  schedule(at: number, bounds: Bounds): void {
    this.actions.push({ at, ...bounds });
  }

  tick(): void {
    const { now } = this.clock;
    const due = this.actions.filter(({ at }) => at <= now);
    this.actions = this.actions.filter(({ at }) => at > now);
    // An action that comes due while they are suspended is not made up for.
    if (!this.suspended.ScheduledScalingSuspended)
      for (const { min, max } of due) if (this.bounds) this.register({ min, max });
    if (this.tasks.running > 0) this.readings.push(this.tasks.cpu);
    if (now % MINUTE !== 0) return;
    const { readings } = this;
    this.readings = [];
    if (readings.length === 0) this.minutes = [];
    else this.minutes = [...this.minutes, readings.reduce((a, b) => a + b, 0) / readings.length].slice(-IN_MINUTES);
    if (now >= this.coolsUntil) this.followTarget();
  }

  private followTarget(): void {
    const { target, minutes, tasks, suspended } = this;
    const last = minutes.at(-1);
    if (target === undefined || last === undefined) return;
    const above = minutes.length >= OUT_MINUTES && minutes.slice(-OUT_MINUTES).every(cpu => cpu > target);
    const below = minutes.length >= IN_MINUTES && minutes.every(cpu => cpu < target * CLEARLY_BELOW);
    const wanted = Math.ceil((tasks.desired * last) / target);
    if (above && !suspended.DynamicScalingOutSuspended) this.move(wanted, 'CPU above its target');
    if (below && !suspended.DynamicScalingInSuspended) this.move(wanted, 'CPU below its target');
  }

  private move(wanted: number, why: string): void {
    if (!this.bounds) return;
    const { min, max } = this.bounds;
    const count = Math.min(max, Math.max(min, wanted));
    if (count === this.tasks.desired) return;
    this.tasks.desired = count;
    this.coolsUntil = this.clock.now + COOLDOWN;
    this.minutes = [];
    this.tell(`auto scaling wants ${count} tasks: ${why}`);
  }
}
