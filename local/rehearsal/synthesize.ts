import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly } from 'embedded-aws';
import { readStack } from '../world/stack.ts';

const project = join(import.meta.dirname, '../..');

/** `full`: every step goes as far as its playbook lets it; `configured`: as far as the configuration does. */
export type Modes = 'full' | 'configured';

/** The app could not be synthesised; the message is what CDK said. */
export class SynthesisFailed extends Error {}

/**
 * Synthesises the real app with the real CDK, hands its assembly to `use`, and removes it afterwards. Assets are read
 * from it while it is used. @throws SynthesisFailed
 */
export async function withSynthesis<Result>(
  use: (assembly: Assembly) => Promise<Result>,
  modes: Modes = 'full',
  sources = project,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'incident-response-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    await run(directory, modes, sources);
    return await use(readStack(directory));
  } finally {
    process.off('exit', remove);
    await rm(directory, { recursive: true, force: true });
  }
}

async function run(directory: string, modes: Modes, sources: string): Promise<void> {
  const cdk = join(project, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const path = `${join(project, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const child = spawn(
    process.execPath,
    [cdk, 'synth', '--quiet', '--output', directory, '--context', `modes=${modes}`],
    {
      cwd: sources,
      // CDK's own validation takes half of the time and changes nothing in the template; `npm run synth` and CI have it.
      env: { ...process.env, PATH: path, CDK_VALIDATION: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const end = () => child.kill();
  process.once('exit', end);
  child.on('close', () => process.off('exit', end));
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => said.push(String(data)));
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (code !== 0)
    throw new SynthesisFailed(
      `the app could not be synthesised (cdk synth ended with ${code})\n${said.join('').trim()}`,
    );
}
