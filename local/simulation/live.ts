import type { Assembly } from 'embedded-aws';
import { RehearsalWorld } from '../world/world.ts';
import { type Chronicle, Chronicler } from './chronicle.ts';
import { schedule } from './deeds.ts';
import { outagesOf, type Plan, strikesOf } from './plan.ts';

const MINUTE = 60_000;

/** A world that has been calm for so long, and in which nothing more is planned, ends. */
const CALM_MINUTES = 12;

/** Lives the world of a plan to its end. */
export async function live(assembly: Assembly, plan: Plan): Promise<Chronicle> {
  const away = outagesOf(plan);
  const faults = { ...plan.faults, calls: strikesOf(plan), ...(away.length > 0 && { away }) };
  const world = await RehearsalWorld.create(structuredClone(assembly), plan.seed, faults, plan.start);
  const chronicler = new Chronicler(world);
  schedule(world, plan);
  const last = Math.max(0, ...plan.events.map(({ at }) => at)) * MINUTE + world.clock.now;
  let calmSince = world.clock.now;
  await world.clock.run(plan.minutes * MINUTE, () => {
    if (!world.calm) calmSince = world.clock.now;
    return world.clock.now > Math.max(calmSince, last) + CALM_MINUTES * MINUTE;
  });
  return chronicler.end(plan);
}
