import { spawn } from 'node:child_process';
import { afterEach, beforeEach } from 'vitest';
import { handler } from '../../lambda/functions/command/handler.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { invoke } from './responder.ts';

const BIN = `${import.meta.dirname}/../../bin/incident.js`;

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command line as a process of its own, which finds AWS on loopback and nowhere else. */
export async function runIncident(aws: AwsEndpoint, args: string[], cwd = '.'): Promise<Ran> {
  const { PATH = '' } = process.env;
  // No profile, no metadata service, no proxy: nothing but what a test says.
  const nothing = {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH, NO_COLOR: '1', ...nothing, ...aws.environment },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = async (stream: NodeJS.ReadableStream) => {
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  };
  const closed = new Promise<number | null>(resolve => child.on('close', resolve));
  const [code, out, err] = await Promise.all([closed, read(child.stdout), read(child.stderr)]);
  return { code, out: out.trimEnd(), err: err.trimEnd() };
}

/** In the tests of a file, AWS is on loopback, with the command function behind it; each test finds it as new. */
export function useAwsEndpoint(): AwsEndpoint {
  const aws = new AwsEndpoint(event => invoke(handler, event));
  beforeEach(() => aws.start());
  afterEach(() => aws.stop());
  return aws;
}
