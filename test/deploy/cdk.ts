import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ACCOUNT, type Emulator, projectRoot, REGION, runFolder } from './emulator.ts';
import { step } from './progress.ts';

const cli = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const assembly = join(runFolder, 'assembly');
const outputsFile = join(runFolder, 'outputs.json');

/** Runs the command to its end and gives what it said. */
export function cdk(emulator: Emulator, args: string[], cwd = projectRoot): Promise<string> {
  return step(`cdk ${args[0]}`, async note => {
    const child = spawn(process.execPath, [cli, ...args, '--no-notices', '--no-color'], {
      cwd,
      env: emulator.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', line => {
        said.push(line);
        if (line.trim() !== '') note(line.trim().slice(0, 120));
      });
    }
    const [code] = await once(child, 'close');
    const output = said.join('\n');
    if (code !== 0) throw new Error(`cdk ${args.join(' ')} ended with code ${code}:\n${output}`);
    return output;
  });
}

/** From the run's folder, where no cdk.json makes it synthesize the app for nothing. */
export const bootstrap = (emulator: Emulator): Promise<string> =>
  cdk(emulator, ['bootstrap', `aws://${ACCOUNT}/${REGION}`], runFolder);

/** Synthesizes the app as it is, and gives the file of the stack's template. */
export async function synthesize(emulator: Emulator, stack: string): Promise<string> {
  await cdk(emulator, ['synth', '--quiet', '--output', assembly]);
  return join(assembly, `${stack}.template.json`);
}

export async function deploy(emulator: Emulator, stack: string): Promise<{ said: string; outputs: Outputs }> {
  const quietly = ['--require-approval', 'never', '--progress', 'events', '--outputs-file', outputsFile];
  const said = await cdk(emulator, ['deploy', stack, '--app', assembly, ...quietly]);
  return { said, outputs: JSON.parse(readFileSync(outputsFile, 'utf8'))[stack] };
}

export type Outputs = Record<string, string>;
