import { expect, it } from 'vitest';
import { type OpenedPage, openPages } from '../../local/messages/opened-pages.ts';
import { everythingWritten } from '../../local/messages/written.ts';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import { plain } from '../../local/terminal/print.ts';
import { recordStory } from '../../local/terminal/story/story.ts';
import { faultsIn } from './texts.ts';
import { lineOf, UNUSED } from './unused-permissions.ts';
import { assembly } from './world.ts';

/** What the roles may do and a scenario did not need, by scenario. */
const unused = new Map<string, Set<string>>();

it.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))(
  '%s ends as expected',
  async (name, scenario) => {
    let pages: OpenedPage[] = [];
    const inject: typeof scenario.inject = world => {
      pages = openPages(world);
      scenario.inject(world);
    };
    const told = recordStory();
    const rehearsed = await rehearse(
      { ...scenario, inject },
      { assembly: assembly(scenario.modes), seed: 1, listener: told.listen },
    );
    const { summary, world } = rehearsed;
    expect(summary.promises.filter(({ kept }) => !kept)).toEqual([]);
    const { permissions } = world.account;
    expect([...permissions.refused]).toEqual([]);
    const story = told.linesOf(scenario, rehearsed).map(plain);
    expect(story.length, story.join('\n')).toBeLessThanOrEqual(24);
    expect(story.filter(line => line.length > 80)).toEqual([]);
    unused.set(name, new Set(permissions.unused.map(lineOf)));
    expect([...faultsIn(everythingWritten(world, pages), world)]).toEqual([]);
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
