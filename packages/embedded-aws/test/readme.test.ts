import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const MODULES = join(import.meta.dirname, '../../../node_modules');

let readme: string;
let directory: string;

/** Writes the files of the example into a directory: each stands in the README under its path in bold. */
beforeAll(async () => {
  readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  directory = await mkdtemp(join(tmpdir(), 'embedded-aws-'));
  await symlink(MODULES, join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  for (const [, file = '', content = ''] of readme.matchAll(/\*\*`([^`]+)`\*\*\n\n```\w+\n([\s\S]*?)```/g)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), content);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const node = async (...args: string[]) =>
  (await run(process.execPath, args, { cwd: directory, env: { ...process.env, PATH: dirname(process.execPath) } }))
    .stdout;

test('the examples of the README run, and print what the README says', async () => {
  await node(join(MODULES, 'aws-cdk/bin/cdk'), 'synth', '--quiet', '--app', `${process.execPath} app.ts`);
  expect(await node('try.ts')).toBe(/```text\n([\s\S]*?)```/.exec(readme)?.[1]);
  expect(await node('simulate.ts')).toBe('[ 3 ]\n');
});
