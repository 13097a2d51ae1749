import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const project = join(import.meta.dirname, '../..');
let copy: string;

/** The page's files: what stands under a path in bold. A `diff` changes a file of the project, the others are new. */
async function blocks() {
  const page = await readFile(join(project, 'docs/extending.md'), 'utf8');
  return [...page.matchAll(/\*\*`([^`]+)`\*\*\n\n```(\w+)\n([\s\S]*?)```/g)].map(
    ([, file = '', language = '', content = '']) => ({ file, language, content }),
  );
}

/** Applies a diff without line numbers: what it leaves and removes must stand in the file, once. */
function changed(file: string, text: string, diff: string): string {
  return diff.split('@@\n').reduce((before, hunk) => {
    const lines = hunk.trimEnd().split('\n');
    const side = (other: string) =>
      lines
        .filter(line => !line.startsWith(other))
        .map(line => line.slice(1))
        .join('\n');
    const parts = before.split(`${side('+')}\n`);
    if (parts.length !== 2)
      throw new Error(`docs/extending.md changes what does not stand once in ${file}:\n${side('+')}`);
    return parts.join(`${side('-')}\n`);
  }, text);
}

/** Without CI, in which vitest reports to a file of its own. */
const { CI: _, ...env } = process.env;

const npx = (...args: string[]) =>
  run(process.execPath, [join(copy, 'node_modules', ...args.slice(0, 1)), ...args.slice(1)], {
    cwd: copy,
    env,
    maxBuffer: 2 ** 26,
  });

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'extending-'));
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: project,
  });
  for (const file of stdout.split('\0').filter(Boolean)) await cp(join(project, file), join(copy, file));
  await symlink(join(project, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, language, content } of await blocks()) {
    const at = join(copy, file);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, language === 'diff' ? changed(file, await readFile(at, 'utf8'), content) : content);
  }
});
afterAll(() => rm(copy, { recursive: true, force: true }));

it('its files are in the style of the project, and their types hold', async () => {
  const files = (await blocks()).map(({ file }) => file);
  await npx('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...files.filter(file => file.endsWith('.ts')));
  await npx('typescript/bin/tsc', '-p', '.');
});

it('its scenario ends as it promises, on the real app with the playbook in it', async () => {
  const { stdout } = await run(process.execPath, ['local/main.ts', 'disk-space', '--json'], {
    cwd: copy,
    env,
    maxBuffer: 2 ** 26,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ kept: true });
  expect(stdout).toContain('free on the writer');
});

it('its test passes, and so do those that every runbook must pass', async () => {
  const vitest = async (...args: string[]) => {
    const report = join(copy, 'out', 'report.json');
    await npx('vitest/vitest.mjs', 'run', ...args, '--reporter=json', `--outputFile=${report}`);
    return JSON.parse(await readFile(report, 'utf8'));
  };
  expect(await vitest('test/simulation/disk-space')).toMatchObject({ numFailedTests: 0, numPassedTests: 2 });
  const runbooks = await vitest('test/runbooks', '-t', 'switch-writer');
  expect(runbooks).toMatchObject({ numFailedTests: 0 });
  expect(runbooks.numPassedTests).toBeGreaterThanOrEqual(5);
});
