import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { assembly } from './world.ts';

it.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))('%s ends as expected', async (_, scenario) => {
  const { summary } = await rehearse(scenario, { assembly: assembly(scenario.modes), seed: 1 });
  expect(summary.promises.filter(({ kept }) => !kept)).toEqual([]);
});
