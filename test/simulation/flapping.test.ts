import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { flappingFor } from '../../local/scenarios/flapping.ts';
import { assembly } from './world.ts';

/** A day takes a minute of CPU time. `FLAPPING_DAYS=7` runs the whole of the scenario. */
const DAYS = Number(process.env['FLAPPING_DAYS'] ?? 1);

it('an alarm flaps for days on dynalite itself, with all that the scenario promises on tables in memory', async () => {
  const scenario = flappingFor(DAYS);
  const { summary } = await rehearse(scenario, { assembly: assembly(scenario.modes), seed: 1, tables: 'dynalite' });
  expect(summary.promises?.filter(({ kept }) => !kept)).toEqual([]);
});
