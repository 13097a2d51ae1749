import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Assembly, resolveTemplate } from 'embedded-aws';
import { until } from '../deploy/progress.ts';
import { awsPython } from '../deploy/venv.ts';
import { freePort } from '../support/free-port.ts';
import { ask } from './python.ts';

// It ends with whoever holds its standard input: no signal handler here would outlive a SIGKILL.
const LAUNCHER = `
import os, sys, threading
def follow():
    while os.read(0, 1): pass
    os._exit(0)
threading.Thread(target=follow, daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
`;

export interface Moto {
  endpoint: string;
  /** Puts moto's names in the place of those that a text has of the template. */
  renamed: (text: string) => string;
  stop: () => Promise<void>;
}

const answers = (endpoint: string) =>
  fetch(`${endpoint}/moto-api/data.json`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok || undefined,
    () => undefined,
  );

/** Starts moto's server on a port of loopback, with what the functions of the stack need. */
export async function startMoto(assembly: Assembly): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(await awsPython(), ['-c', LAUNCHER, String(port)], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'close');
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  try {
    await until(`moto on ${endpoint}`, () => answers(endpoint));
    // It answers for every function without one: ours run by themselves.
    await fetch(`${endpoint}/moto-api/config`, { method: 'POST', body: '{"lambda": {"use_docker": false}}' });
    const resources = resolveTemplate(assembly).map(({ type, ref, arn, properties }) => ({
      type,
      ref,
      arn,
      properties,
    }));
    const furnish = [`${import.meta.dirname}/furnish.py`, endpoint, assembly.region];
    const names = Object.entries((await ask(furnish, JSON.stringify(resources))) as Record<string, string>);
    names.sort(([one], [other]) => other.length - one.length);
    const renamed = (text: string) => names.reduce((now, [from, to]) => now.replaceAll(from, to), text);
    return { endpoint, renamed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
