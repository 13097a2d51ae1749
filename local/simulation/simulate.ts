import type { Assembly } from 'embedded-aws';
import { planOf } from './draw.ts';
import { type Lived, liveAndJudge } from './lived.ts';
import type { Plan } from './plan.ts';
import { shrink } from './shrink.ts';
import { Workers } from './workers.ts';

export interface Wanted {
  /** The seed of the first world; the next has the next. */
  seed: number;
  worlds: number;
  /** No world is begun after so many hours. */
  hours: number | undefined;
}

/** Plans one after the other, until there are enough or it is time. */
function* plansOf({ seed, worlds, hours }: Wanted): Generator<Plan> {
  const end = hours === undefined ? Number.POSITIVE_INFINITY : performance.now() + hours * 3_600_000;
  for (let i = 0; i < worlds && performance.now() < end; i++) yield planOf(seed + i);
}

/** Lives many worlds side by side. The first is lived twice: the same plan must come to the same, call by call. */
export async function simulate(assembly: Assembly, wanted: Wanted, tell: (lived: Lived) => void): Promise<Lived[]> {
  const workers = new Workers(assembly.directory);
  const all: Lived[] = [];
  try {
    const note = (lived: Lived) => {
      all.push(lived);
      tell(lived);
    };
    await workers.live(plansOf(wanted), note);
    const first = all.find(({ seed }) => seed === wanted.seed);
    const again: Lived[] = [];
    await workers.live([planOf(wanted.seed)].values(), lived => again.push(lived));
    const [second] = again;
    if (first && second && first.hash !== second.hash) {
      const what = `the same plan came to ${first.hash} and to ${second.hash}`;
      first.violations.push({ property: 'a world is the same each time', what });
      tell(first);
    }
  } finally {
    workers.end();
  }
  return all.sort((one, other) => one.seed - other.seed);
}

/** The smallest plan found that goes against the same property. */
export async function smallest(assembly: Assembly, plan: Plan, property: string): Promise<Plan> {
  return shrink(plan, async smaller => {
    const { violations } = await liveAndJudge(assembly, smaller);
    return violations.some(violation => violation.property === property);
  });
}
