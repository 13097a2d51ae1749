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
import { handler } from '../../lambda/runbooks/capture-heap-dump/handler.ts';
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
/** The command's last lines, when it went well and its dump has so many bytes. */
const whole = (bytes: number) => `${bytes}\r\nheap-dump-complete\r\n`;
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
  act = says(whole(123_456_789));
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
  it('is written by the oldest task, uploaded to a presigned URL of one object, and reported by its key', async () => {
    const told = await run();
    expect(told).toMatchObject({ verdict: 'done', task: 'old', bytes: 123_456_789 });
    const { key = '' } = told as { key?: string };
    expect(key).toMatch(/^heap-dumps\/backend\/\d{4}-\d\d-\d\dT[\d.-]+Z-old$/);
    const [input, ...others] = commands();
    expect(others).toEqual([]);
    expect(input).toMatchObject({ cluster: 'production', container: 'backend', interactive: true });
    expect(input?.task).toMatch(/\/old$/);
    const [, url = ''] =
      input?.command?.match(
        /^\/bin\/sh -c "\( kill -USR2 1 && curl -fsS -T \/tmp\/heap '(.+)' \) && echo heap-dump-complete \|\| echo heap-dump-failed"$/,
      ) ?? [];
    expect(new URL(url).pathname).toBe(`/${key}`);
    expect(new URL(url).hostname).toBe('dumps.s3.us-east-1.amazonaws.com');
    const parameters = new URL(url).searchParams;
    expect(parameters.get('X-Amz-Expires')).toBe('600');
    expect(parameters.get('X-Amz-SignedHeaders')).toBe('host');
    // A checksum signed beforehand would be that of an empty object, and refuse the dump.
    expect([...parameters.keys()].filter(name => /checksum/i.test(name))).toEqual([]);
  });

  it('is only prepared in a dry run', async () => {
    expect(await run({ dryRun: 'true' })).toMatchObject({ verdict: 'done', task: 'old', changed: [] });
    expect([commands(), s3.calls()]).toEqual([[], []]);
  });

  it.each<[string, typeof act, number, RegExp]>([
    ['whose session broke off', socket => socket.close(1011), 123, /: the session broke off \(1011\)$/],
    ['whose command failed', says('5\r\nheap-dump-failed\r\n'), 5, /did not end well; of its dump 5 bytes are there/],
    ['that still grew', says(whole(900)), 700, /the dump has 900 bytes, and only 700 of them were uploaded/],
    ['whose size is missing', says('\r\nheap-dump-complete\r\n'), 5, /did not print at its end how many bytes/],
    ['with output after its size', says(`${whole(5)}and more`), 5, /did not end well/],
  ])('%s may be incomplete and does not count', async (_, agent, bytes, reason) => {
    act = agent;
    uploaded(bytes);
    expect(await run()).toMatchObject({ verdict: 'failed', reason: expect.stringMatching(reason) });
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
  ])('is refused where %s, and nothing is started', async (_, prepare, error) => {
    prepare();
    expect(await run()).toMatchObject({ verdict: 'unchanged', reason: expect.stringMatching(error), changed: [] });
    expect([commands(), s3.calls()]).toEqual([[], []]);
  });

  it.each<[string, typeof act, RegExp]>([
    ['fails', says('sh: curl: not found'), /uploaded nothing, and it ended with: sh: curl: not found$/],
    ['says nothing', says(''), /the command uploaded nothing, and it printed nothing$/],
    ['loses its session', socket => socket.close(1011), /the session broke off \(1011\)$/],
  ])('whose command %s has failed, with the reason', async (_, agent, error) => {
    act = agent;
    uploaded(undefined);
    expect(await run()).toMatchObject({ verdict: 'failed', reason: expect.stringMatching(error) });
  });

  it('that is empty does not count', async () => {
    uploaded(0);
    expect(await run()).toMatchObject({ verdict: 'failed', reason: expect.stringContaining('nothing but an empty') });
  });
});

it('is reported without the URL and the token, whatever the command prints', async () => {
  uploaded(undefined);
  act = socket => {
    const url = /'(.+)'/.exec(commands()[0]?.command ?? '')?.[1] ?? '';
    expect(url).toContain('X-Amz-Signature');
    const signature = new URL(url).search;
    says(`curl: (22) ${url} returned 403; again ${signature.slice(1)}\r\nand ${url.slice(0, -7)}`)(socket);
  };
  const failed = await run();
  expect(failed.reason).toContain('returned 403');
  const told = JSON.stringify([failed, logged]);
  expect(told).not.toMatch(/X-Amz|AKIDEXAMPLE|Signature=/);
  expect(told).not.toContain(TOKEN);
});

it('an event that is not understood runs nothing', async () => {
  await expect(run({ dryRun: 'maybe' })).rejects.toThrow('dryRun: expected true or false');
  await expect(run({ shell: 'rm' })).rejects.toThrow('shell: there is no such field');
});
