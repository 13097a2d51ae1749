import { join } from 'node:path';
import { ACCOUNT, type Emulator, REGION } from './emulator.ts';
import { inProject, projectRoot, runFolder } from './paths.ts';
import { progress } from './progress.ts';
import { run } from './run.ts';

const cli = inProject('node_modules', 'aws-cdk', 'bin', 'cdk');
export const assembly = join(runFolder, 'assembly');

async function cdk(emulator: Emulator, args: string[], cwd = projectRoot): Promise<string> {
  const finished = await run(process.execPath, [cli, ...args, '--no-notices', '--no-color'], {
    cwd,
    env: { ...emulator.environment, CI: 'true' },
    onLine: line => {
      if (/_FAILED|✅|❌/.test(line)) progress(`cdk ${args[0]}: ${line.trim()}`);
    },
  });
  if (finished.code === 0) return finished.output;
  throw new Error(`cdk ${args.join(' ')} ended with code ${finished.code}:\n${finished.output}`);
}

/** From the run's folder, where no cdk.json makes it synthesize the app for nothing. */
export const bootstrap = (emulator: Emulator): Promise<string> =>
  cdk(emulator, ['bootstrap', `aws://${ACCOUNT}/${REGION}`], runFolder);

export const synthesize = (emulator: Emulator, app: string): Promise<string> =>
  cdk(emulator, ['synth', '--quiet', '--app', app, '--output', assembly]);

export const outputsFile = join(runFolder, 'outputs.json');

export const deploy = (emulator: Emulator): Promise<string> =>
  cdk(emulator, [
    'deploy',
    '--all',
    '--app',
    assembly,
    '--require-approval',
    'never',
    '--progress',
    'events',
    '--outputs-file',
    outputsFile,
  ]);
