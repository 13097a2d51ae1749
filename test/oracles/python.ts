import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { awsPython } from '../deploy/venv.ts';

/** Runs Python with what the oracles are installed in, and gives the JSON that it writes. @throws when it ends with a fault */
export async function ask(args: readonly string[], input = ''): Promise<unknown> {
  const child = spawn(await awsPython(), args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const said = Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  // Who ends before everything is read says why itself.
  child.stdin.on('error', () => undefined).end(input);
  const [out, err] = (await said).map(chunks => Buffer.concat(chunks).toString());
  const [code] = await ended;
  if (code !== 0) throw new Error(`python ${args.join(' ')} ended with ${code}:\n${err}`);
  return JSON.parse(out || '[]');
}
