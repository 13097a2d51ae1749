import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EventsUnreadable, readEvents } from './events-file.ts';
import { writeOutputs } from './outputs.ts';
import { rehearse, send } from './rehearsal.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { asJson } from './show/json.ts';
import { withProgress } from './show/progress.ts';
import { asTerminal, type Show } from './show/terminal.ts';
import { SynthesisFailed, withSynthesis } from './synthesize.ts';

interface Options {
  list?: boolean;
  json?: boolean;
  seed: number;
  trace?: boolean;
  event?: string;
}

const wholeNumber = (text: string) => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 0 to 999999999.');
  return Number(text);
};

const program = new Command('npm start --')
  .description(
    'Rehearses an incident on this machine: the synthesised app, executed, against a simulated service. No AWS account is touched.',
  )
  .argument('[scenario]', 'which one to rehearse', SCENARIOS[0]?.name)
  .option('--list', 'name the scenarios and end')
  .option('--json', 'print one JSON object a line, the summary last')
  .option('--seed <number>', 'replay exactly the world of this seed', wholeNumber, 1)
  .option('--trace', 'add a line for every function invocation and AWS call')
  .option(
    '--event <file>',
    'send the EventBridge event (or JSON array of events) in this file through the rules instead',
  )
  .addHelpText(
    'after',
    `
Ends with 0 when the scenario ended as it promises, 1 when not, 2 when it was called wrongly.
npm prints two lines of its own before the output; "npm start --silent -- --json" leaves them out.`,
  )
  .exitOverride();

process.exitCode = await main(process.argv);

/** @returns the exit code. */
async function main(argv: string[]): Promise<number> {
  try {
    program.parse(argv);
    const options = program.opts<Options>();
    if (options.list) return list(options);
    const events = options.event === undefined ? undefined : await readEvents(options.event);
    const scenario = SCENARIOS.find(({ name }) => name === program.processedArgs[0]);
    if (!events && !scenario)
      throw new CommanderError(2, 'scenario', `there is no scenario ${program.processedArgs[0]}; --list names them`);
    return await act(events ?? (scenario as Scenario), options);
  } catch (error) {
    return explain(error);
  }
}

function list({ json }: Options): number {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  for (const { name, title, story } of SCENARIOS) {
    console.log(json ? JSON.stringify({ type: 'scenario', name, title, story }) : `${name.padEnd(width)}  ${title}`);
  }
  return 0;
}

async function act(what: Scenario | Record<string, unknown>[], { json, seed, trace }: Options): Promise<number> {
  const show: Show = json ? asJson({ trace }) : asTerminal({ trace });
  const name = Array.isArray(what) ? 'event' : what.name;
  show.begin(Array.isArray(what) ? undefined : what, seed);
  const synthesis = withProgress('Synthesising the app');
  const rehearsed = await withSynthesis(async assembly => {
    synthesis.done();
    const options = { assembly, seed, listener: show.happened };
    return Array.isArray(what) ? send(what, options) : rehearse(what, options);
  }).finally(() => synthesis.done());
  show.end(rehearsed.summary, await writeOutputs(name, rehearsed));
  return rehearsed.summary.kept ? 0 : 1;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.code === 'scenario') console.error(`error: ${error.message}`);
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof EventsUnreadable) {
    console.error(`error: ${error.message}`);
    return 2;
  }
  console.error(error instanceof SynthesisFailed ? `error: ${error.message}` : error);
  return 1;
}
