import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inProject, venv } from './paths.ts';
import { step } from './progress.ts';
import { run } from './run.ts';

export const MINISTACK_VERSION = '1.5.33';

const python = join(venv, 'bin', 'python');
const requirements = inProject('test', 'deploy', 'requirements.txt');

async function isInstalled(): Promise<boolean> {
  const asked = await run(python, ['-c', 'from importlib.metadata import version; print(version("ministack"))']);
  return asked.code === 0 && asked.output.trim() === MINISTACK_VERSION;
}

async function hostPython(): Promise<string> {
  const program = process.env['PYTHON'] ?? 'python3';
  const asked = await run(program, ['-c', 'import sys, venv, ensurepip; print(sys.version_info >= (3, 10))']);
  if (asked.code === 0 && asked.output.trim() === 'True') return program;
  throw new Error(
    `The deploy test runs an AWS emulator written in Python. It needs Python 3.10 or later as "${program}" ` +
      `(or as named by PYTHON), with the venv module (Debian and Ubuntu: apt install python3-venv).\n${asked.output}`,
  );
}

async function install(): Promise<void> {
  const host = await hostPython();
  // A half-made environment of an interrupted run is not worth mending.
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  const made = await run(host, ['-m', 'venv', venv]);
  if (made.code !== 0) throw new Error(`Could not make the virtual environment ${venv}:\n${made.output}`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
  const installed = await run(python, pip);
  if (installed.code !== 0 || !(await isInstalled())) {
    throw new Error(`Could not install ministack ${MINISTACK_VERSION} with pip:\n${installed.output}`);
  }
}

/** The Python of a virtual environment that has MiniStack, made on first use. */
export async function ministackPython(): Promise<string> {
  if (!(await isInstalled())) await step(`installing ministack ${MINISTACK_VERSION} (first run only)`, install);
  return python;
}
