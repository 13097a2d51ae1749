import { join, relative } from 'node:path';
import { Command } from 'commander';
import { scenariosOf, withBothModes } from '../rehearsal/every-scenario.ts';
import { exitCodeAfter } from '../rehearsal/exit-code.ts';
import { Processes } from '../rehearsal/processes.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { endWithReader } from '../terminal/pipe.ts';
import { print } from '../terminal/print.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import type { Answer, Task } from './worker.ts';
import { empty, writeIndex } from './write.ts';

const OUT = join(import.meta.dirname, '../../out/messages');

const program = new Command('npm run messages --')
  .description(
    'Rehearses scenarios, and writes every message, page and document that people get in them into out/messages, by audience. No AWS account is touched.',
  )
  .argument('[scenarios...]', 'which ones (default: all)')
  .option('--seed <number>', 'of every world', wholeNumber, 1)
  .addHelpText('after', '\nExit codes: 0 all were written, 1 a rehearsal failed, 2 wrong usage.')
  .exitOverride();

endWithReader();
process.exitCode = await main(process.argv);

/** @returns the exit code. */
async function main(argv: string[]): Promise<number> {
  try {
    program.parse(argv);
    const wanted = scenariosOf(program);
    const { seed } = program.opts<{ seed: number }>();
    return await withBothModes(directories => write(wanted, [OUT, ...directories], seed));
  } catch (error) {
    return exitCodeAfter(error);
  }
}

async function write(wanted: readonly Scenario[], given: string[], seed: number): Promise<number> {
  await empty(OUT);
  const processes = new Processes<Task, Answer>({ module: join(import.meta.dirname, 'worker.ts'), given });
  const answered = wanted.map(async scenario => {
    const answer = await processes.ask({ scenario: scenario.name, seed });
    const total = Object.values(answer.counts).reduce((sum, count) => sum + count, 0);
    print(`${scenario.name}: ${answer.failed ?? `${total} texts`}`);
    return { scenario, ...answer };
  });
  try {
    const all = await Promise.all(answered);
    await writeIndex(OUT, all);
    print(`\nRead ${relative(process.cwd(), join(OUT, 'index.md'))}`);
    return all.some(({ failed }) => failed) ? 1 : 0;
  } finally {
    processes.end();
  }
}
