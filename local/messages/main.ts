import { join, relative } from 'node:path';
import { Command } from 'commander';
import { exitCodeAfter } from '../rehearsal/exit-code.ts';
import { Processes } from '../rehearsal/processes.ts';
import { withSynthesis } from '../rehearsal/synthesize.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { endWithReader } from '../terminal/pipe.ts';
import { print } from '../terminal/print.ts';
import { withProgress } from '../terminal/progress.ts';
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
    const unknown = program.args.filter(name => !SCENARIOS.some(scenario => scenario.name === name));
    if (unknown.length > 0) program.error(`error: no scenario is named ${unknown.join(', ')}`, { exitCode: 2 });
    const wanted = SCENARIOS.filter(({ name }) => program.args.length === 0 || program.args.includes(name));
    const synthesis = withProgress('Synthesising the app');
    return await withSynthesis(full =>
      withSynthesis(configured => {
        synthesis.done();
        return write(wanted, [OUT, full.directory, configured.directory], program.opts<{ seed: number }>().seed);
      }, 'configured'),
    );
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
