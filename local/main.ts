import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { WorldEvent } from 'embedded-aws';
import { EventsUnreadable, readEvents } from './rehearsal/events-file.ts';
import { exitCodeAfter } from './rehearsal/exit-code.ts';
import { writeOutputs } from './rehearsal/outputs.ts';
import { rehearse, send } from './rehearsal/rehearse.ts';
import { withSynthesis } from './rehearsal/synthesize.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { asJson } from './terminal/json.ts';
import { endWithReader } from './terminal/pipe.ts';
import { complain, print, printJson } from './terminal/print.ts';
import { withProgress } from './terminal/progress.ts';
import { asStory, asTerminal, type Show } from './terminal/terminal.ts';
import { wholeNumber } from './terminal/whole-number.ts';
import { PortUnavailable } from './web/loopback.ts';
import { Servers } from './web/serve.ts';
import { endWorlds, prepareWorlds } from './world/world.ts';

interface Options {
  list?: boolean;
  json?: boolean;
  verbose?: boolean;
  seed: number;
  trace?: boolean;
  event?: string;
  serve?: boolean;
  port: number;
}

/** The status page has this port, the mailbox the next. */
const port = (text: string) => {
  const number = wholeNumber(text);
  if (number > 65_534) throw new InvalidArgumentError('expected a port from 1 to 65534, or 0 for any that is free.');
  return number;
};

const program = new Command('npm start --')
  .description(
    'Rehearses an incident on this machine: the synthesised app, executed, against a simulated service. No AWS account is touched.',
  )
  .argument('[scenario]', 'which one to rehearse', SCENARIOS[0]?.name)
  .option('--list', 'name the scenarios and end')
  .option('--json', 'print one JSON object a line, the summary last')
  .option('--verbose', 'show everything that happens as it happens, and the whole summary')
  .option('--seed <number>', 'replay exactly the world of this seed', wholeNumber, 1)
  .option('--trace', 'add a line for every function invocation and AWS call; implies --verbose')
  .option(
    '--event <file>',
    'send the EventBridge event (or JSON array of events) in this file through the rules instead',
  )
  .option('--serve', 'afterwards keep the status page and the mailbox open on 127.0.0.1, until Ctrl-C')
  .addOption(
    new Option('--port <number>', 'of the status page; the mailbox has the next; 0 is any that is free')
      .argParser(port)
      .default(4700)
      .implies({ serve: true }),
  )
  .addHelpText(
    'after',
    `
Exit codes: 0 the scenario ended as expected, 1 it did not, 2 wrong usage.
npm prints two lines of its own before the output; "npm start --silent -- --json" leaves them out.`,
  )
  .exitOverride();

endWithReader();
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
    if (json) printJson({ type: 'scenario', name, title, story });
    else print(`${name.padEnd(width)}  ${title}`);
  }
  return 0;
}

async function act(what: Scenario | Record<string, unknown>[], options: Options): Promise<number> {
  const { json, seed, trace, verbose = trace, serve, port } = options;
  const servers = serve ? await Servers.open(port) : undefined;
  const show: Show = json ? asJson({ trace }) : verbose ? asTerminal({ trace }) : asStory();
  const scenario = Array.isArray(what) ? undefined : what;
  show.begin(scenario, seed);
  const progress = withProgress('Synthesising the app');
  try {
    const rehearsal = withSynthesis(async assembly => {
      // Every event that is shown shows progress.
      if (json || verbose) progress.done();
      const listener = (event: WorldEvent) => {
        progress.now('Rehearsing', `${event.at.slice(11, 16)} on the virtual clock`);
        show.event(event);
      };
      const options = { assembly, seed, listener };
      const rehearsed = await (Array.isArray(what) ? send(what, options) : rehearse(what, options));
      const outputs = await writeOutputs(scenario?.name ?? 'event', rehearsed);
      progress.done();
      show.end(rehearsed, outputs);
      if (servers) {
        show.serving(servers.show(rehearsed.world, { scenario, outputs }));
        await interrupted();
      }
      return rehearsed.summary.kept ? 0 : 1;
    }, scenario?.modes);
    prepareWorlds();
    return await rehearsal;
  } finally {
    progress.done();
    await Promise.all([servers?.close(), endWorlds()]);
  }
}

/** By Ctrl-C, which npm tells a second time while what is open is being closed. */
function interrupted(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

function explain(error: unknown): number {
  if (error instanceof CommanderError && error.code === 'scenario') complain(`error: ${error.message}`);
  if (error instanceof EventsUnreadable || error instanceof PortUnavailable) {
    complain(`error: ${error.message}`);
    return 2;
  }
  return exitCodeAfter(error);
}
