import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Assembly } from 'embedded-aws';
import { terminalJson } from '../../lambda/domain/encoding/terminal.ts';
import { exitCodeAfter } from '../rehearsal/exit-code.ts';
import { withSynthesis } from '../rehearsal/synthesize.ts';
import { endWithReader } from '../terminal/pipe.ts';
import { complain, print, printJson, replaceLine } from '../terminal/print.ts';
import { withProgress } from '../terminal/progress.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import { planOf } from './draw.ts';
import { live } from './live.ts';
import { liveAndJudge } from './lived.ts';
import { bite, bittenAsText, mutationsNamed } from './mutations.ts';
import { type Plan, readPlan } from './plan.ts';
import { ALL_POINTS, basePlans, keepCalls, nameOf, planOfPoint } from './points.ts';
import { asText, reportAsText, reportOn } from './report.ts';
import { simulate, smallest, type Told } from './simulate.ts';

interface Options {
  worlds?: number;
  points?: number;
  seed: number;
  hours?: number;
  world?: number;
  point?: string;
  findPoints?: boolean;
  plan?: string;
  shrink?: boolean;
  mutations?: string[] | true;
  json?: boolean;
}

/** Worlds, where nothing says how many worlds or points. */
const DEFAULT_WORLDS = 20;

/** Worlds after which their count is told where nobody watches. */
const TELL_EACH = 20;

const hours = (text: string) => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('expected a number of hours above 0.');
  return number;
};

const program = new Command('npm run simulate --')
  .description(
    'Lives random worlds: the synthesised app, executed, with several troubles, faults and people at once, and checks what must hold in each. No AWS account is touched.',
  )
  .option('--worlds <number>', `how many worlds; with --hours, without limit (default: ${DEFAULT_WORLDS})`, wholeNumber)
  .option(
    '--points <number>',
    'how many fault points, each in a world of its own; with --hours, every one',
    wholeNumber,
  )
  .option('--seed <number>', 'of the first world; each next one has the next seed', wholeNumber, 1)
  .option('--hours <number>', 'begin no world after so many hours', hours)
  .option('--world <seed>', 'live the world of this seed, and print its plan', wholeNumber)
  .option('--point <name>', 'live the world in which the --seed strikes this fault point, and print its plan')
  .option('--plan <file>', 'live the world of the plan in this file')
  .option('--shrink', 'leave out of each plan that fails what its failure does not need, and print the rest as JSON')
  .option('--find-points', 'live the plans of local/simulation/points/plans, and keep which calls they make')
  .option(
    '--mutations [names...]',
    'in place of that, break the app by each patch of test/simulation/mutations, or by those so named, and see that a world shows it',
  )
  .option('--json', 'print one JSON object a line, the summary last')
  .addHelpText(
    'after',
    `
Exit codes: 0 nothing went against a property, 1 something did, 2 wrong usage; with --mutations 0 all are caught, 1 one is not.
A fault point is a call that somebody of the stack makes, and a way in which it goes wrong: "watch dynamodb GetItem timeout".
A plan that --shrink prints, kept as test/simulation/cases/worlds/NAME.json, is replayed by the tests.`,
  )
  .exitOverride();

endWithReader();
process.exitCode = await main(process.argv);

/** @returns the exit code. */
async function main(argv: string[]): Promise<number> {
  try {
    program.parse(argv);
    const options = program.opts<Options>();
    if (options.mutations) return await mutate(options.mutations === true ? [] : options.mutations, options);
    const plan = await givenPlan(options);
    const synthesis = withProgress('Synthesising the app');
    return await withSynthesis(assembly => {
      synthesis.done();
      if (options.findPoints) return findPoints(assembly);
      return plan ? one(assembly, plan, options) : many(assembly, options);
    });
  } catch (error) {
    return exitCodeAfter(error);
  }
}

async function givenPlan({ plan, world, point, seed }: Options): Promise<Plan | undefined> {
  if (point !== undefined) {
    const known = ALL_POINTS.find(other => nameOf(other) === point);
    return known ? planOfPoint(known, seed) : program.error(`error: no fault point is ${point}`, { exitCode: 2 });
  }
  if (plan === undefined) return world === undefined ? undefined : planOf(world);
  return readFile(plan, 'utf8')
    .then(readPlan)
    .catch((error: Error) => program.error(`error: ${plan} cannot be used: ${error.message}`, { exitCode: 2 }));
}

async function one(assembly: Assembly, plan: Plan, options: Options): Promise<number> {
  if (!options.json) print(JSON.stringify(plan, null, 2));
  const lived = await liveAndJudge(assembly, plan);
  const told = { ...lived, plan, ...(options.point && { point: options.point }) };
  print(options.json ? terminalJson({ type: 'world', ...told }) : asText(told));
  if (options.shrink) await printSmallest(assembly, told);
  return lived.violations.length > 0 ? 1 : 0;
}

async function many(assembly: Assembly, options: Options): Promise<number> {
  const { seed, hours, json } = options;
  const isBounded = hours === undefined;
  const { worlds = isBounded ? (options.points === undefined ? DEFAULT_WORLDS : 0) : Number.POSITIVE_INFINITY } =
    options;
  const { points = isBounded ? 0 : Number.POSITIVE_INFINITY } = options;
  let count = 0;
  const progress = withCount(worlds + Math.min(points, ALL_POINTS.length));
  const { all, left } = await simulate(assembly, { seed, worlds, points, hours }, lived => {
    progress(++count);
    if (json) printJson({ type: 'world', ...lived });
    else if (lived.violations.length > 0) print(asText(lived));
  });
  const report = reportOn(all, left);
  if (options.shrink)
    for (const told of all.filter(({ violations }) => violations.length > 0)) await printSmallest(assembly, told);
  print(json ? terminalJson(report) : reportAsText(report));
  return report.violations > 0 ? 1 : 0;
}

/** Keeps the calls of every plan for the sweep. */
async function findPoints(assembly: Assembly): Promise<number> {
  const before = ALL_POINTS.length;
  const callsOf = new Map<string, Record<string, number>>();
  for (const [name, plan] of basePlans()) callsOf.set(name, (await live(assembly, plan)).callsOf);
  keepCalls(callsOf);
  const calls = new Set([...callsOf.values()].flatMap(Object.keys));
  print(`${callsOf.size} plans make ${calls.size} calls; ${before} fault points were known before`);
  return 0;
}

/** Breaks the app: each mutation must go against a property. */
async function mutate(names: string[], { json }: Options): Promise<number> {
  const wanted = mutationsNamed(names);
  if (wanted.length === 0) program.error(`error: no mutation is named ${names.join(', ')}`, { exitCode: 2 });
  const bitten = await bite(wanted, one => print(json ? terminalJson(one) : bittenAsText(one)));
  const caught = bitten.filter(one => one.caught).length;
  print(
    json ? terminalJson({ type: 'summary', mutations: bitten.length, caught }) : `${caught} of ${bitten.length} caught`,
  );
  return caught < bitten.length ? 1 : 0;
}

/** One plan for each property that the world goes against. */
async function printSmallest(assembly: Assembly, { plan, violations }: Told): Promise<void> {
  for (const property of new Set(violations.map(violation => violation.property)))
    printJson({ type: 'plan', property, plan: await smallest(assembly, plan, property) });
}

/** Counts on stderr: each world where somebody watches. */
function withCount(of: number): (count: number) => void {
  const total = Number.isFinite(of) ? ` of ${of}` : '';
  return count => {
    if (process.stderr.isTTY) replaceLine(`${count}${total} worlds${count === of ? '\n' : ''}`);
    else if (count % TELL_EACH === 0) complain(`${count}${total} worlds`);
  };
}
