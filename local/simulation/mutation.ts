import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { planOf } from './draw.ts';
import { type Plan, readPlan } from './plan.ts';

const project = join(import.meta.dirname, '../..');
const PATCHES = join(project, 'test', 'simulation', 'mutations');
const KEPT = join(project, 'test', 'simulation', 'cases', 'worlds');

/** The worlds that CI lives: so many seeds, and the kept plans. */
const CI_WORLDS = 20;

/** The files and folders that a synthesis reads. */
const SOURCES = ['bin', 'config', 'lambda', 'lib', 'runbooks', 'scripts', 'templates', 'package.json', 'cdk.json'];

/** A harmful change of the app, kept as a patch with words before it. */
export interface Mutation {
  name: string;
  /** The harm it does, in a sentence. */
  breaks: string;
  /** The world that shows it first: a kept plan's name, or a seed. */
  world: string;
  file: string;
}

/** A world that the app can be lived in, by its name. */
export interface NamedPlan {
  name: string;
  plan: Plan;
}

export const mutations = (): Mutation[] =>
  readdirSync(PATCHES)
    .filter(name => name.endsWith('.patch'))
    .sort()
    .map(name => readMutation(join(PATCHES, name)));

/** Reads the words before a patch. @throws when they do not say what it breaks, and which world shows it */
function readMutation(file: string): Mutation {
  const name = basename(file, '.patch');
  const [header = ''] = readFileSync(file, 'utf8').split(/^diff /m);
  const [, breaks] = header.match(/^Breaks: (.+)$/m) ?? [];
  const [, world] = header.match(/^World: (.+)$/m) ?? [];
  if (!breaks || !world)
    throw new Error(`${name} does not say what it breaks, and in which world: "Breaks: …", "World: …"`);
  return { name, breaks, world, file };
}

/** The worlds of CI, that of the mutation first. @throws when there is none of its name */
export function worldsFor({ name, world }: Mutation): [NamedPlan, ...NamedPlan[]] {
  const all = worlds();
  const first = all.find(other => other.name === world);
  if (!first) throw new Error(`${name} names the world ${world}, and there is none`);
  return [first, ...all.filter(other => other !== first)];
}

const worlds = (): NamedPlan[] => [
  ...readdirSync(KEPT).map(file => ({
    name: basename(file, '.json'),
    plan: readPlan(readFileSync(join(KEPT, file), 'utf8')),
  })),
  ...Array.from({ length: CI_WORLDS }, (_, i) => ({ name: String(i + 1), plan: planOf(i + 1) })),
];

/** Hands a copy of the sources to `use`, with the patch applied, and removes it afterwards. @throws when it does not apply */
export async function withMutation<Result>(
  { file, name }: Mutation,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'incident-response-mutation-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    copySources(directory);
    apply(file, directory, name);
    return await use(directory);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function copySources(directory: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--', ...SOURCES], { cwd: project, encoding: 'utf8' });
  for (const file of listed.split('\0').filter(Boolean)) {
    mkdirSync(join(directory, dirname(file)), { recursive: true });
    copyFileSync(join(project, file), join(directory, file));
  }
  symlinkSync(join(project, 'node_modules'), join(directory, 'node_modules'));
}

function apply(patch: string, directory: string, name: string): void {
  // Within a repository that is not theirs, git would pass over the files without a word.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(directory) };
  try {
    execFileSync('git', ['apply', patch], { cwd: directory, env, stdio: 'pipe' });
  } catch (error) {
    throw new Error(`${name} does not apply: ${String((error as { stderr?: unknown }).stderr ?? error).trim()}`);
  }
}
