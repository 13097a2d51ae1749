import type { AddressInfo } from 'node:net';
import {
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { encode } from '../../lambda/adapters/session-message.ts';
import { handler } from '../../lambda/functions/capture-heap-dump/handler.ts';
import { invoke } from '../support/responder.ts';

const TOKEN = 'the-token-of-the-session';
const COMMAND = "kill -USR2 1 && curl -fsS -T /tmp/heap '{url}'";
const ecs = mockClient(ECSClient);
const s3 = mockClient(S3Client);
let server: WebSocketServer;
/** What the agent does once its channel is opened. */
let act: (socket: ServerSocket) => void;
const logged: unknown[] = [];

const task = (id: string, minute: number, changes: object = {}): Task => ({
  taskArn: `arn:aws:ecs:us-east-1:123456789012:task/production/${id}`,
  startedAt: new Date(Date.UTC(2026, 3, 7, 8, minute)),
  enableExecuteCommand: true,
  containers: [{ name: 'backend', managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }] }],
  ...changes,
});
const runs = (...tasks: Task[]) => {
  ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map(({ taskArn = '' }) => taskArn) });
  ecs.on(DescribeTasksCommand).resolves({ tasks });
};
const says = (text: string) => (socket: ServerSocket) => {
  const message = { sequence: 0, flags: 1, id: '00000000-0000-4000-8000-000000000000', payloadType: 1, payload: text };
  socket.send(encode({ ...message, type: 'output_stream_data' }));
  socket.send(encode({ ...message, type: 'channel_closed', payload: '{}' }));
};
const uploaded = (Size?: number) =>
  s3.on(ListObjectsV2Command).callsFake(({ Prefix }) => ({
    // Another whose name begins alike is not it.
    Contents: [{ Key: `${Prefix}-2`, Size: 5 }, ...(Size === undefined ? [] : [{ Key: Prefix, Size }])],
  }));

beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise<void>(resolve => server.once('listening', resolve));
  server.on('connection', socket => socket.once('message', () => act(socket)));
});
afterAll(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});
beforeEach(() => {
  logged.length = 0;
  for (const level of ['info', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((...line) => void logged.push(line));
  const variables = {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hidden' },
    ...{ HEAP_DUMP_BUCKET: 'dumps', HEAP_DUMP_CONTAINER: 'backend', HEAP_DUMP_COMMAND: COMMAND },
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  ecs.reset();
  s3.reset();
  const streamUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  ecs.on(ExecuteCommandCommand).resolves({ session: { streamUrl, tokenValue: TOKEN } });
  runs(task('young', 30), task('old', 10), task('middle', 20));
  act = says('');
  uploaded(123_456_789);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const event = { dryRun: 'false', cluster: 'production', service: 'backend' };
const run = (changes: object = {}) => invoke(handler, { ...event, ...changes });
const commands = () => ecs.commandCalls(ExecuteCommandCommand).map(({ args: [{ input }] }) => input);

describe('a heap dump', () => {
  it('is written by the oldest task, uploaded to a URL for this one object, and told by its key', async () => {
    const told = await run();
    expect(told).toMatchObject({ dryRun: false, task: 'old', bytes: 123_456_789 });
    const { key = '' } = told as { key?: string };
    expect(key).toMatch(/^heap-dumps\/backend\/\d{4}-\d\d-\d\dT[\d.-]+Z-old$/);
    const [input, ...others] = commands();
    expect(others).toEqual([]);
    expect(input).toMatchObject({ cluster: 'production', container: 'backend', interactive: true });
    expect(input?.task).toMatch(/\/old$/);
    const [, url = ''] =
      input?.command?.match(/^\/bin\/sh -c "kill -USR2 1 && curl -fsS -T \/tmp\/heap '(.+)'"$/) ?? [];
    expect(new URL(url).pathname).toBe(`/${key}`);
    expect(new URL(url).hostname).toBe('dumps.s3.us-east-1.amazonaws.com');
    const parameters = new URL(url).searchParams;
    expect(parameters.get('X-Amz-Expires')).toBe('600');
    expect(parameters.get('X-Amz-SignedHeaders')).toBe('host');
    // A checksum signed beforehand would be that of an empty object, and refuse the dump.
    expect([...parameters.keys()].filter(name => /checksum/i.test(name))).toEqual([]);
  });

  it('dry, is only looked into', async () => {
    expect(await run({ dryRun: 'true' })).toMatchObject({ dryRun: true, task: 'old' });
    expect([commands(), s3.calls()]).toEqual([[], []]);
  });

  it('that was uploaded counts, however the session ended', async () => {
    act = socket => socket.close(1011);
    expect(await run()).toMatchObject({ bytes: 123_456_789 });
  });

  it.each<[string, () => void, RegExp]>([
    ['no task runs', () => runs(), /^No heap dump of production\/backend: no task is running$/],
    ['ECS Exec is off', () => runs(task('a', 1, { enableExecuteCommand: false })), /: ECS Exec is off on its tasks$/],
    [
      'its agent is not running',
      () => runs(task('a', 1, { containers: [{ name: 'backend', managedAgents: [{ lastStatus: 'STOPPED' }] }] })),
      /: the agent of ECS Exec is not running in its tasks$/,
    ],
    ['there is no such container', () => runs(task('a', 1, { containers: [] })), /have no container backend$/],
  ])('cannot be had where %s, and nothing is begun', async (_, prepare, error) => {
    prepare();
    await expect(run()).rejects.toThrow(error);
    expect([commands(), s3.calls()]).toEqual([[], []]);
  });

  it.each<[string, typeof act, RegExp]>([
    ['fails', says('sh: curl: not found'), /uploaded nothing, and ended with: sh: curl: not found$/],
    ['says nothing', says(''), /the command uploaded nothing, and printed nothing$/],
    ['loses its session', socket => socket.close(1011), /the session broke off \(1011\)$/],
  ])('whose command %s is an error that says so', async (_, agent, error) => {
    act = agent;
    uploaded(undefined);
    await expect(run()).rejects.toThrow(error);
  });

  it('that is empty is none', async () => {
    uploaded(0);
    await expect(run()).rejects.toThrow('nothing but an empty object');
  });
});

it('neither the URL nor the token is told anybody, whatever the command prints', async () => {
  uploaded(undefined);
  act = socket => {
    const url = /'(.+)'/.exec(commands()[0]?.command ?? '')?.[1] ?? '';
    expect(url).toContain('X-Amz-Signature');
    const signature = new URL(url).search;
    says(`curl: (22) ${url} returned 403; again ${signature.slice(1)}\r\nand ${url.slice(0, -7)}`)(socket);
  };
  const failed = (await run().catch((error: Error) => error)) as Error;
  expect(failed.message).toContain('returned 403');
  const told = JSON.stringify([failed.message, failed.stack, logged]);
  expect(told).not.toMatch(/X-Amz|AKIDEXAMPLE|Signature=/);
  expect(told).not.toContain(TOKEN);
});

it('an event that is not understood runs nothing', async () => {
  await expect(run({ dryRun: 'maybe' })).rejects.toThrow('dryRun: expected true or false');
  await expect(run({ shell: 'rm' })).rejects.toThrow('shell: there is no such field');
});
