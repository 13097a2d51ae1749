import { join } from 'node:path';
import { Command } from 'commander';
import { terminalJson } from '../../lambda/domain/encoding/terminal.ts';
import { scenariosOf, withBothModes } from '../rehearsal/every-scenario.ts';
import { exitCodeAfter } from '../rehearsal/exit-code.ts';
import { Processes } from '../rehearsal/processes.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { endWithReader } from '../terminal/pipe.ts';
import { print } from '../terminal/print.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import { ALL_QUESTIONS } from '../world/undocumented.ts';
import { othersOf, worded } from './positions.ts';
import { asText, summaryAsText, summaryOf, type Told } from './report.ts';
import type { Answer, Task } from './worker.ts';

interface Options {
  seed: number;
  minutes?: number;
  json?: boolean;
}

/** A scenario of more virtual minutes takes longer than a bounded run may. */
const LONG = 24 * 60;

const DAY = 24 * 60 * 60_000;

const program = new Command('npm run test:undocumented --')
  .description(
    'Rehearses scenarios under every position that AWS may have where no document settles what it does: each by itself, then all at once. No AWS account is touched.',
  )
  .argument('[scenarios...]', 'which ones (default: all)')
  .option('--seed <number>', 'of every world', wholeNumber, 1)
  .option(
    '--minutes <number>',
    'begin nothing after so many minutes; each day begins with other scenarios',
    wholeNumber,
  )
  .option('--json', 'print one JSON object a line, the summary last')
  .addHelpText('after', '\nExit codes: 0 every scenario ended as expected, 1 one did not, 2 wrong usage.')
  .exitOverride();

endWithReader();
process.exitCode = await main(process.argv);

/** @returns the exit code. */
async function main(argv: string[]): Promise<number> {
  try {
    program.parse(argv);
    const named = scenariosOf(program);
    return await withBothModes(directories => all(named, directories, program.opts<Options>()));
  } catch (error) {
    return exitCodeAfter(error);
  }
}

async function all(named: readonly Scenario[], directories: string[], options: Options): Promise<number> {
  const { seed, minutes, json } = options;
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  const wanted = minutes === undefined ? named : shortOnes(named);
  const processes = new Processes<Task, Answer>({ module: join(import.meta.dirname, 'worker.ts'), given: directories });
  const told: Told[] = [];
  const left = wanted.values();
  const lane = async () => {
    for (const scenario of left) {
      if (performance.now() >= end) return;
      const one = await underAll(processes, scenario, seed);
      told.push(one);
      print(json ? terminalJson(one) : asText(one));
    }
  };
  try {
    await Promise.all(Array.from({ length: processes.count }, lane));
  } finally {
    processes.end();
  }
  const summary = summaryOf(told);
  print(json ? terminalJson(summary) : summaryAsText(summary));
  return summary.failed.length > 0 ? 1 : 0;
}

/** The short ones, for a bounded run, others first each day. */
function shortOnes(named: readonly Scenario[]): readonly Scenario[] {
  const short = named.filter(scenario => scenario.minutes <= LONG);
  const first = (Math.floor(Date.now() / DAY) * 7) % short.length;
  return [...short.slice(first), ...short.slice(0, first)];
}

async function underAll(processes: Processes<Task, Answer>, { name }: Scenario, seed: number): Promise<Told> {
  const told: Told = { type: 'scenario', scenario: name, rehearsals: 0, asked: [], failed: [] };
  const rehearsed = async (undocumented: Task['undocumented']) => {
    const { failed, asked } = await processes.ask({ scenario: name, seed, undocumented });
    told.rehearsals++;
    told.asked = [...new Set([...told.asked, ...asked])];
    if (failed.length > 0) told.failed.push({ under: worded(undocumented), expectations: failed });
    return ALL_QUESTIONS.filter(question => asked.includes(question.name));
  };
  for (const positions of othersOf(await rehearsed({}))) await rehearsed(positions);
  return told;
}
