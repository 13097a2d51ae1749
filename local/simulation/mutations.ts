import { withSynthesis } from '../rehearsal/synthesize.ts';
import type { Lived } from './lived.ts';
import { type Mutation, mutations, type NamedPlan, withMutation, worldsFor } from './mutation.ts';
import type { Violation } from './properties/index.ts';
import { Workers } from './workers.ts';

/** The outcome of a mutation. */
export interface Bitten {
  type: 'mutation';
  name: string;
  breaks: string;
  /** The first property that a world went against, and the world. */
  caught?: Violation & { world: string };
  /** The error that came in place of an answer. */
  error?: string;
  /** Worlds that were lived. */
  worlds: number;
}

/** Mutations that are worked on side by side. */
const LANES = 2;

/** The mutations whose names hold one of the words, all without any. */
export const mutationsNamed = (words: readonly string[]): Mutation[] =>
  mutations().filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)));

/**
 * Breaks the app by each mutation, and lives the worlds of CI until one goes against a property. The judge, and the world around
 * the app, are not broken; and the app as it is must hold in the same world, or its words prove nothing.
 */
export async function bite(wanted: readonly Mutation[], tell: (bitten: Bitten) => void): Promise<Bitten[]> {
  const all: Bitten[] = [];
  await withSynthesis(async ({ directory }) => {
    const sound = new Sound(directory);
    const left = wanted.values();
    const lane = async () => {
      for (const mutation of left) {
        const bitten = await tried(mutation, sound);
        all.push(bitten);
        tell(bitten);
      }
    };
    try {
      await Promise.all(Array.from({ length: LANES }, lane));
    } finally {
      sound.end();
    }
  });
  return all;
}

async function tried(mutation: Mutation, sound: Sound): Promise<Bitten> {
  const { name, breaks } = mutation;
  const bitten: Bitten = { type: 'mutation', name, breaks, worlds: 0 };
  try {
    const worlds = worldsFor(mutation);
    return await withMutation(mutation, sources =>
      withSynthesis(
        async ({ directory }) => ({ ...bitten, ...(await firstAgainst(directory, worlds, sound)) }),
        'full',
        sources,
      ),
    );
  } catch (error) {
    return { ...bitten, error: (error as Error).message };
  }
}

async function firstAgainst(
  directory: string,
  worlds: readonly NamedPlan[],
  sound: Sound,
): Promise<Pick<Bitten, 'caught' | 'worlds'>> {
  const broken = new Workers(directory, 1);
  try {
    for (const [i, world] of worlds.entries()) {
      const { violations } = await broken.live(world.plan);
      if (!violations[0]) continue;
      await sound.check(world);
      return { worlds: i + 1, caught: { ...violations[0], world: world.name } };
    }
    return { worlds: worlds.length };
  } finally {
    broken.end();
  }
}

/** The app as it is, in those worlds that catch a mutation: each once. */
class Sound {
  private readonly process: Workers;
  private readonly lived = new Map<string, Promise<Lived>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.process = new Workers(directory, 1);
  }

  /** @throws when the app goes against a property in that world without any mutation */
  async check(world: NamedPlan): Promise<void> {
    const { name } = world;
    const lived = this.lived.get(name) ?? this.last.then(() => this.process.live(world.plan));
    this.lived.set(name, lived);
    this.last = lived;
    const [first] = (await lived).violations;
    if (first) throw new Error(`the app as it is goes against "${first.property}" in world ${name}: ${first.what}`);
  }

  end(): void {
    this.process.end();
  }
}

const LONGEST = 300;

export function bittenAsText({ name, caught, error, worlds }: Bitten): string {
  if (error) return `FAILED  ${name}: ${error}`;
  if (!caught) return `MISSED  ${name} in ${worlds} worlds`;
  return `caught  ${name}  by "${caught.property}" in world ${caught.world}\n        ${caught.what.slice(0, LONGEST)}`;
}
