import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { asText, draw, isExcused } from './faulty-scenarios.ts';
import { assembly } from './world.ts';

/** Each day another fourth of the scenarios. `FAULTS_SEED` gives another seed, and lives all of them. */
const PARTS = 4;
/** A week, which takes as long as all others together. */
const LONG = 'flapping';
const given = process.env['FAULTS_SEED'];
const seed = Number(given ?? 3);
const day = Math.floor(Date.now() / 86_400_000);
const part = SCENARIOS.filter(({ name }, i) => name !== LONG && (given !== undefined || i % PARTS === day % PARTS));

it.each(part.map(scenario => [scenario.name, scenario] as const))(
  `%s holds what it promises though calls fail (FAULTS_SEED=${seed})`,
  async (_, scenario) => {
    const { world } = await rehearse(scenario, { assembly: assembly(scenario.modes), seed });
    const calls = draw(scenario, world.callFaults.calls, seed);
    const { summary, world: struck } = await rehearse(scenario, {
      ...{ assembly: assembly(scenario.modes), seed },
      faults: { calls },
    });
    const broken = summary.promises
      .filter(({ kept, promise }) => !kept && !isExcused(promise, calls, struck))
      .map(({ promise }) => promise);
    expect({ broken, calls: calls.map(asText) }).toEqual({ broken: [], calls: calls.map(asText) });
  },
);
