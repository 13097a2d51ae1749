import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { flappingFor } from '../../local/scenarios/flapping.ts';
import { assembly } from './world.ts';

it('an alarm flaps for a day on dynalite itself, with all that the scenario promises on tables in memory', async () => {
  const scenario = flappingFor(1);
  const { summary } = await rehearse(scenario, { assembly: assembly(scenario.modes), seed: 1, tables: 'dynalite' });
  expect(summary.promises?.filter(({ kept }) => !kept)).toEqual([]);
});
