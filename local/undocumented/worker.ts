import type { Positions } from 'embedded-aws';
import { rehearse } from '../rehearsal/rehearse.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { readStack } from '../world/stack.ts';

/** A scenario that is to be rehearsed under positions. */
export interface Task {
  scenario: string;
  seed: number;
  undocumented: Positions;
}

export interface Answer {
  /** The expectations that did not hold, or the error that ended it. */
  failed: string[];
  /** The names of the questions that it asked. */
  asked: string[];
}

/** A process of its own. Its arguments are the app as synthesised with every step in full, and as configured. */
const [full = '', configured = ''] = process.argv.slice(2);
const apps = { full: readStack(full), configured: readStack(configured) };

process.on('message', async (task: Task) => {
  process.send?.(await answer(task).catch((error: Error) => ({ failed: [error.stack ?? error.message], asked: [] })));
});

async function answer({ scenario: name, seed, undocumented }: Task): Promise<Answer> {
  const scenario = SCENARIOS.find(one => one.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  // A scenario's own positions are what it is about.
  const own = scenario.faults?.undocumented;
  const { summary, world } = await rehearse(scenario, {
    assembly: structuredClone(apps[scenario.modes ?? 'full']),
    seed,
    faults: { undocumented: { ...undocumented, ...own } },
  });
  return {
    failed: summary.promises.filter(({ kept }) => !kept).map(({ promise }) => promise),
    asked: [...world.account.undocumented.consulted].map(question => question.name),
  };
}
