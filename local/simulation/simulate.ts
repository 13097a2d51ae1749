import type { Assembly } from 'embedded-aws';
import { planOf } from './draw.ts';
import { type Lived, liveAndJudge } from './lived.ts';
import type { Plan } from './plan.ts';
import { ALL_POINTS, basePlans, nameOf, type Point, planOfPoint } from './points.ts';
import { Reached } from './reached.ts';
import { shrink } from './shrink.ts';
import { Workers } from './workers.ts';

export interface Wanted {
  /** The seed of the first world; the next has the next. The points are struck by this one. */
  seed: number;
  worlds: number;
  /** How many fault points are struck, each in a world of its own. */
  points: number;
  /** No world is begun after so many hours. */
  hours: number | undefined;
}

/** A world that was lived, at random or for a fault point. */
export type Told = Lived & { plan: Plan; point?: string };

interface Task {
  plan: Plan;
  point?: Point;
}

/** Worlds and fault points by turns, so that each get half of the time, until there are enough or it is time. */
class Tasks {
  /** Points that are still to be struck, those first that no run before has reached. */
  readonly ahead: Point[];
  private readonly wanted: Wanted;
  private readonly plans = basePlans();
  private readonly end: number;
  private worlds = 0;
  /** Seconds that points have taken more than worlds. */
  private balance = 0;

  constructor(wanted: Wanted, reached: Reached) {
    const { points, hours } = wanted;
    this.wanted = wanted;
    this.ahead = points > 0 ? reached.inOrder(ALL_POINTS).slice(0, points) : [];
    this.end = hours === undefined ? Number.POSITIVE_INFINITY : performance.now() + hours * 3_600_000;
  }

  next(): Task | undefined {
    if (performance.now() >= this.end) return undefined;
    const { seed, worlds } = this.wanted;
    const point = this.worlds >= worlds || this.balance < 0 ? this.ahead.shift() : undefined;
    if (point) return { point, plan: planOfPoint(point, seed, this.plans) };
    return this.worlds < worlds ? { plan: planOf(seed + this.worlds++) } : undefined;
  }

  took({ point }: Task, seconds: number): void {
    this.balance += point ? seconds : -seconds;
  }
}

/**
 * Lives many worlds side by side. The first is lived twice: the same plan must come to the same, call by call.
 *
 * @returns what was told, and how many points were not reached
 */
export async function simulate(
  assembly: Assembly,
  wanted: Wanted,
  tell: (lived: Told) => void,
): Promise<{ all: Told[]; left: number }> {
  const workers = new Workers(assembly.directory);
  const reached = new Reached();
  const tasks = new Tasks(wanted, reached);
  const all: Told[] = [];
  const work = async () => {
    for (let task = tasks.next(); task; task = tasks.next()) {
      const { plan, point } = task;
      const lived = await workers.live(plan);
      tasks.took(task, lived.cpuSeconds);
      if (point) reached.add(point);
      const told = { ...lived, plan, ...(point && { point: nameOf(point) }) };
      all.push(told);
      tell(told);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers.count }, work));
    const first = all.find(({ seed, point }) => seed === wanted.seed && point === undefined);
    const second = first && (await workers.live(first.plan));
    if (first && second && first.hash !== second.hash) {
      const what = `the same plan came to ${first.hash} and to ${second.hash}`;
      first.violations.push({ property: 'a world is the same each time', what });
      tell(first);
    }
  } finally {
    workers.end();
  }
  return { all, left: tasks.ahead.length };
}

/** The smallest plan found that goes against the same property. */
export async function smallest(assembly: Assembly, plan: Plan, property: string): Promise<Plan> {
  return shrink(plan, async smaller => {
    const { violations } = await liveAndJudge(assembly, smaller);
    return violations.some(violation => violation.property === property);
  });
}
