import { rehearse } from '../rehearsal/rehearse.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { readStack } from '../world/stack.ts';
import { type OpenedPage, openPages } from './opened-pages.ts';
import { type Counts, writeTexts } from './write.ts';
import { documentsIn, everythingWritten } from './written.ts';

/** A scenario whose texts are to be written. */
export interface Task {
  scenario: string;
  seed: number;
}

export interface Answer {
  counts: Counts;
  /** The error that ended it. */
  failed?: string;
}

/** A process of its own. Its arguments are the directory to write into, and the app with every step in full and as configured. */
const [directory = '', full = '', configured = ''] = process.argv.slice(2);
const apps = { full: readStack(full), configured: readStack(configured) };

process.on('message', async (task: Task) => {
  process.send?.(await answer(task).catch((error: Error) => ({ counts: {}, failed: error.stack ?? error.message })));
});

async function answer({ scenario: name, seed }: Task): Promise<Answer> {
  const scenario = SCENARIOS.find(one => one.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  let pages: OpenedPage[] = [];
  const read = {
    ...scenario,
    inject: (world: Parameters<typeof scenario.inject>[0]) => {
      pages = openPages(world);
      scenario.inject(world);
    },
  };
  const { world } = await rehearse(read, { assembly: structuredClone(apps[scenario.modes ?? 'full']), seed });
  return { counts: await writeTexts(directory, scenario, everythingWritten(world, pages), documentsIn(world)) };
}
