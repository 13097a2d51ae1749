import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { assembly } from './world.ts';

/** The first is what `npm start` shows: it is seen in more worlds than one. */
const CASES = SCENARIOS.flatMap((scenario, i) =>
  (i === 0 ? [1, 2, 3] : [1]).map(seed => [scenario.name, seed, scenario] as const),
);

it.each(CASES)('%s ends as it promises, seed %i', async (_, seed, scenario) => {
  const { summary } = await rehearse(scenario, { assembly: assembly(), seed });
  expect(summary.promises.filter(({ kept }) => !kept)).toEqual([]);
});
