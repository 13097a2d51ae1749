import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { step } from './progress.ts';

const venv = join(import.meta.dirname, '../../.venv/aws');
const python = join(venv, 'bin', 'python');
const requirements = join(import.meta.dirname, 'requirements.txt');

const run = promisify(execFile);

/** Whether every requirement is there in its version. */
const isInstalled = (): Promise<boolean> =>
  run(python, ['-c', CHECK, requirements]).then(
    () => true,
    () => false,
  );

const CHECK = `
import sys
from importlib.metadata import version
for line in open(sys.argv[1]):
    name, _, wanted = line.partition("#")[0].strip().partition("==")
    assert not name or version(name.partition("[")[0]) == wanted
`;

async function install(): Promise<void> {
  const host = process.env['PYTHON'] ?? 'python3';
  await run(host, ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)']).catch(cause => {
    throw new Error(
      `These tests ask emulators and linters of AWS written in Python. They need Python 3.11 or later as "${host}" ` +
        '(or as named by PYTHON), with the venv module (Debian and Ubuntu: apt install python3-venv).',
      { cause },
    );
  });
  // A half-made environment of an interrupted run is not worth mending.
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  await run(host, ['-m', 'venv', venv]);
  await run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '-r',
    requirements,
  ]);
}

let ready: Promise<void> | undefined;

/** The Python of a virtual environment that has emulators and linters of AWS, made on first use. */
export async function awsPython(): Promise<string> {
  ready ??= isInstalled().then(is => (is ? undefined : step('installing emulators of AWS (first run only)', install)));
  await ready;
  return python;
}
