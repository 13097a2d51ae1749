import { expect, it } from 'vitest';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { lineOf, UNUSED } from './unused-permissions.ts';
import { assembly } from './world.ts';

/** What the roles may do and a scenario did not need, by scenario. */
const unused = new Map<string, Set<string>>();

it.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))(
  '%s ends as expected',
  async (name, scenario) => {
    const { summary, world } = await rehearse(scenario, { assembly: assembly(scenario.modes), seed: 1 });
    expect(summary.promises.filter(({ kept }) => !kept)).toEqual([]);
    const { permissions } = world.account;
    expect([...permissions.refused]).toEqual([]);
    unused.set(name, new Set(permissions.unused.map(lineOf)));
  },
);

it('each permission is needed by a scenario, or it is written down why not', ({ skip }) => {
  skip(unused.size < SCENARIOS.length, 'it takes all scenarios to tell');
  const [some = new Set<string>()] = unused.values();
  const never = [...some].filter(line => [...unused.values()].every(lines => lines.has(line)));
  const unexplained = never.filter(line => !UNUSED.some(([, known]) => known.test(line)));
  const stale = UNUSED.filter(([, known]) => !never.some(line => known.test(line)));
  expect({ unexplained, stale }).toEqual({ unexplained: [], stale: [] });
});
