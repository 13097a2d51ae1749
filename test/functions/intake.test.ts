import { CloudWatchClient, ListTagsForResourceCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch';
import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { unpack } from '../../lambda/store/packed.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { ALARM, invoke, KEY, stored, useResponder } from '../support/responder.ts';
import { types } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
const { workflows: states, executions } = useWorkflows();
const cloudwatch = mockClient(CloudWatchClient);
const sqs = mockClient(SQSClient);

const SERVICE = { 'incident:service': 'mockupaws-production' };
const TAGS = { ...SERVICE, 'incident:playbook': 'CacheFailure', 'incident:level': 'warning' };

/** A static alarm's event, as the CloudWatch user guide documents it. */
const event = (
  changes: { id?: string; alarmName?: string; value?: string; tags?: Record<string, string>; tagsStatus?: string } = {},
) => ({
  version: '0',
  id: changes.id ?? 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-04-07T09:29:40Z',
  region: 'us-east-1',
  resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh'],
  detail: {
    alarmName: changes.alarmName ?? 'ServerCpuTooHigh',
    configuration: {
      description: 'Goes into alarm when server CPU utilization is too high!',
      metrics: [],
    },
    previousState: { reason: 'Threshold Crossed', timestamp: '2026-04-07T09:20:00.000+0000', value: 'OK' },
    state: {
      reason:
        'Threshold Crossed: 1 out of the last 1 datapoints [99.50160229693434 (07/04/26 09:25:00)] was greater than the threshold (50.0).',
      reasonData:
        '{"version":"1.0","queryDate":"2026-04-07T09:29:40.985+0000","startDate":"2026-04-07T09:25:00.000+0000","statistic":"Average","period":300,"recentDatapoints":[99.50160229693434],"threshold":50.0}',
      timestamp: '2026-04-07T09:29:40.989+0000',
      value: changes.value ?? 'ALARM',
    },
    ...(changes.tags && { alarmTags: changes.tags }),
    ...(changes.tagsStatus && { alarmTagsStatus: changes.tagsStatus }),
  },
});

it('a new alarm that is red for want of data says nothing: what measures has not run yet', async () => {
  const { detail, ...envelope } = event({ tags: TAGS });
  const state = { ...detail.state, reason: 'Threshold Crossed: no datapoints were received for 5 periods.' };
  const red = (reason: string) => ({ ...envelope, detail: { ...detail, state, previousState: { reason } } });
  expect([await send(red('Unchecked: Initial alarm creation')), await open()]).toEqual([[], []]);
  expect([await send(red('Threshold Crossed')), await open()]).toEqual([[], [expect.anything()]]);
});

/** A batch of events, as Lambda takes it from the queue. */
const batch = (events: unknown[], receives = 1) => ({
  Records: events.map((body, i) => ({
    messageId: `message ${i}`,
    receiptHandle: `receipt ${i}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: String(receives) },
  })),
});

/** Sends events in one batch, and gives the messages that stay in the queue. */
const send = async (...events: unknown[]) => {
  const { batchItemFailures } = await invoke(handler, batch(events));
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const CACHE = { slot: 'mockupaws-production/CacheFailure', number: 1 };
const open = async () => (await openIncidents()).incidents;
const aside = () =>
  sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => ({
    body: input.MessageBody,
    reason: input.MessageAttributes?.['reason']?.StringValue,
  }));
/** Seconds for which messages were hidden, by their receipt. */
const hidden = () =>
  sqs
    .commandCalls(ChangeMessageVisibilityBatchCommand)
    .map(({ args: [{ input }] }) =>
      Object.fromEntries((input.Entries ?? []).map(entry => [entry.ReceiptHandle, entry.VisibilityTimeout])),
    );

beforeEach(() => {
  sqs.reset();
  cloudwatch.reset();
});

describe('an alarm', () => {
  it('opens an incident and starts its response, by its name or by its tags', async () => {
    expect(await send(event({ alarmName: ALARM }))).toEqual([]);
    expect(executions()).toEqual([
      {
        stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
        name: 'INC-2026-04-07-001-1',
        input: JSON.stringify({ ...KEY, id: 'INC-2026-04-07-001', attempt: 1, after: 'start' }),
      },
    ]);
    const incident = await stored();
    expect(incident.startedAt).toBe('2026-04-07T09:25:00.000Z');
    expect(incident.signals[`alarm:${ALARM}`]?.summary).toBe(
      'Goes into alarm when server CPU utilization is too high!: 99.5 (critical above 50)',
    );
    await send(event({ id: 'other', tags: TAGS }));
    expect(await stored(CACHE)).toMatchObject({ id: 'INC-2026-04-07-002', severity: 'P3' });
  });

  it('opens an incident whatever CloudWatch leaves out or empties', async () => {
    const { detail, ...envelope } = event({ tags: TAGS });
    const bare = {
      alarmName: 'bare',
      configuration: { description: null },
      state: { value: 'ALARM', timestamp: detail.state.timestamp, reason: null, reasonData: null },
      alarmTags: TAGS,
    };
    await send({ ...envelope, resources: undefined, detail: bare });
    expect((await stored(CACHE)).signals['alarm:bare']?.summary).toBe('bare');
  });

  it.each<[string, Parameters<typeof event>[0]]>([
    ['without tags', { tags: {} }],
    ['of another service', { tags: { ...TAGS, 'incident:service': 'shop-production' } }],
    ['of another service, by its name', { alarmName: 'incident-response/mockupaws-production-2/latency' }],
    ['of a service whose playbook has our name', { tags: { 'incident:playbook': 'CacheFailure' } }],
  ])('%s is ignored', async (_, changes) => {
    expect(await send(event(changes))).toEqual([]);
    expect([await open(), aside()]).toEqual([[], []]);
  });

  it('whose tags CloudWatch could not read is asked for them, unless it is known by name', async () => {
    const Tags = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));
    cloudwatch.on(ListTagsForResourceCommand).resolvesOnce({ Tags }).resolves({ Tags: [] });
    await send(event({ tagsStatus: 'FAILED' }), event({ id: '2', alarmName: ALARM, tagsStatus: 'FAILED' }));
    expect((await open()).map(({ playbook }) => playbook).sort()).toEqual(['CacheFailure', 'DatabaseConnections']);
    expect(cloudwatch.commandCalls(ListTagsForResourceCommand).map(({ args }) => args[0].input)).toEqual([
      { ResourceARN: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh' },
    ]);
    expect(await send(event({ id: '3', tagsStatus: 'FAILED' }))).toEqual([]);
    expect(aside()).toEqual([]);
  });

  it('clears its signal with OK, and opens nothing with INSUFFICIENT_DATA', async () => {
    await send(event({ alarmName: ALARM, value: 'INSUFFICIENT_DATA' }));
    expect(await open()).toEqual([]);
    await send(event({ id: '1', alarmName: ALARM }));
    await send(event({ id: '2', alarmName: ALARM, value: 'OK' }));
    expect(types((await stored()).timeline).at(-1)).toBe('SignalCleared');
    expect(new Set(executions().map(({ name }) => name)).size).toBe(1);
  });
});

describe('a batch', () => {
  it('is one commit for each incident, and twice the same one changes nothing', async () => {
    const events = Array.from({ length: 10 }, (_, i) =>
      event({
        id: `event ${i}`,
        alarmName: `alarm ${i}`,
        tags: i % 2 ? TAGS : { ...TAGS, 'incident:playbook': 'DatabaseConnections' },
      }),
    );
    expect(await send(...events)).toEqual([]);
    const opened = [await stored(), await stored(CACHE)];
    for (const { signals, timeline } of opened) {
      expect(Object.keys(signals)).toHaveLength(5);
      expect(new Set(timeline.map(({ command }) => command)).size).toBe(1);
    }
    expect(await send(...events)).toEqual([]);
    expect([await stored(), await stored(CACHE)]).toEqual(opened);
    expect(new Set(executions().map(({ name }) => name)).size).toBe(2);
  });

  it('delivered five times at once opens one incident and starts one execution', async () => {
    states
      .on(StartExecutionCommand)
      .resolvesOnce({})
      .rejects(new ExecutionAlreadyExists({ message: 'exists', $metadata: {} }));
    await Promise.all(Array.from({ length: 5 }, () => send(event({ alarmName: ALARM }))));
    expect(new Set(executions().map(({ name }) => name)).size).toBe(1);
    expect(await open()).toHaveLength(1);
    expect(types((await stored()).timeline).filter(type => type === 'SignalFired')).toHaveLength(1);
  });
});

describe('a failure that passes', () => {
  it('of one incident leaves its messages in the queue, and starts its response when they come again with others', async () => {
    states.on(StartExecutionCommand).rejectsOnce(new Error('ThrottlingException')).resolves({});
    expect(await send(event({ alarmName: ALARM }), event({ id: 'other', tags: TAGS }))).toEqual(['message 0']);
    expect(hidden()).toEqual([{ 'receipt 0': 2 }]);
    expect(
      await send(
        event({ alarmName: ALARM }),
        event({ id: 'new', alarmName: 'new', tags: { ...TAGS, 'incident:playbook': 'DatabaseConnections' } }),
      ),
    ).toEqual([]);
    expect(
      executions()
        .map(({ name }) => name)
        .filter(name => name === 'INC-2026-04-07-001-1'),
    ).toHaveLength(2);
    expect(await open()).toHaveLength(2);
    expect(aside()).toEqual([]);
  });

  it('is tried again in seconds at first, and every six minutes in the end', async () => {
    cloudwatch
      .on(ListTagsForResourceCommand)
      .rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    for (const receives of [1, 2, 5, 8, 9, 900]) {
      const { batchItemFailures } = await invoke(handler, batch([event({ tagsStatus: 'FAILED' })], receives));
      expect(batchItemFailures).toEqual([{ itemIdentifier: 'message 0' }]);
    }
    expect(hidden().map(hides => hides['receipt 0'])).toEqual([2, 4, 32, 256, 360, 360]);
  });

  it('is that the policies cannot be read, whatever the messages say', async () => {
    vi.stubEnv('SERVICE', 'not-deployed-yet');
    expect(await send(event({ alarmName: ALARM }), 'hello')).toEqual(['message 0', 'message 1']);
    expect(hidden()).toEqual([{ 'receipt 0': 2, 'receipt 1': 2 }]);
    expect(aside()).toEqual([]);
  });

  it('leaves the time to the queue when that cannot be changed either', async () => {
    states.on(StartExecutionCommand).rejects(new Error('ThrottlingException'));
    sqs.on(ChangeMessageVisibilityBatchCommand).rejects(new Error('ServiceUnavailable'));
    expect(await send(event({ alarmName: ALARM }))).toEqual(['message 0']);
  });
});

/** DynamoDB accepts no item that contains the text. */
function refuseItemsWith(text: string): void {
  const { send } = DynamoDBDocumentClient.prototype;
  vi.spyOn(DynamoDBDocumentClient.prototype, 'send').mockImplementation(function (this: unknown, command) {
    const { events = [] } = (command.input as { Item?: { events?: object } }).Item ?? {};
    if (!JSON.stringify(unpack(events)).includes(text)) return Reflect.apply(send, this, [command]);
    throw Object.assign(new Error('Item size has exceeded the maximum allowed size'), { name: 'ValidationException' });
  });
}

describe('an alarm whose tags CloudWatch could not read', () => {
  const unread = (alarmName: string, account = '123456789012', region = 'us-east-1') => ({
    ...event({ alarmName, tagsStatus: 'FAILED' }),
    resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`],
  });
  const refuse = (name: string) =>
    cloudwatch.on(ListTagsForResourceCommand).rejects(Object.assign(new Error(name), { name }));

  it.each(['ThrottlingException', 'InternalServiceFault', 'AccessDenied', 'TimeoutError'])(
    'may be ours: it comes again after %s, and opens an incident once its tags are read',
    async name => {
      refuse(name);
      expect([await send(unread('theirs')), aside()]).toEqual([['message 0'], []]);
      const Tags = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));
      cloudwatch.on(ListTagsForResourceCommand).resolves({ Tags });
      expect(await send(unread('theirs'))).toEqual([]);
      expect(await stored(CACHE)).toMatchObject({ signals: { 'alarm:theirs': { level: 'warning' } } });
    },
  );

  it.each([
    ['account', '210987654321', 'us-east-1'],
    ['region', '123456789012', 'eu-west-1'],
  ])('of another %s is ignored without a question, unless its name says whose it is', async (_, account, region) => {
    refuse('AccessDenied');
    expect(await send(unread('theirs', account, region), unread(ALARM, account, region))).toEqual([]);
    expect(cloudwatch.commandCalls(ListTagsForResourceCommand)).toEqual([]);
    expect(aside()).toEqual([]);
    const key = `alarm:arn:aws:cloudwatch:${region}:${account}:alarm:${ALARM}`;
    expect((await open()).map(({ signals }) => Object.keys(signals))).toEqual([[key]]);
  });
});

describe('poison', () => {
  const UNTAGGED =
    'no playbook for it. Tag it incident:playbook (one of DatabaseConnections, CacheFailure) and incident:level (warning or critical)';
  const without = (field: string) => ({ ...event(), [field]: undefined });

  it.each<[string, unknown, string | RegExp]>([
    ['that is no JSON', 'hello', 'this event is not understood: it is no JSON'],
    ['that is no event', {}, /^this event is not understood: id: .*; detail-type: .*; detail: /],
    ['without detail', without('detail'), /^this event is not understood: detail: /],
    ['of an unknown state', event({ value: 'FIRING' }), /detail\.state\.value: .*"FIRING"$/],
    [
      'without a time',
      { ...event(), detail: { ...event().detail, state: { value: 'ALARM', timestamp: 'now' } } },
      /detail\.state\.timestamp: expected a time such as 2019/,
    ],
    ['without a playbook', event({ tags: SERVICE }), `alarm ServerCpuTooHigh: ${UNTAGGED}`],
    [
      'of a playbook that does not exist',
      event({ tags: { ...TAGS, 'incident:playbook': 'CacheFailures' } }),
      `alarm ServerCpuTooHigh: ${UNTAGGED}`,
    ],
    [
      'of a level that does not exist',
      event({ tags: { ...TAGS, 'incident:level': 'info' } }),
      `alarm ServerCpuTooHigh: ${UNTAGGED}`,
    ],
    [
      'of a playbook that has been removed',
      event({ alarmName: 'incident-response/mockupaws-production/latency' }),
      `alarm incident-response/mockupaws-production/latency: ${UNTAGGED}`,
    ],
    [
      'without an alarm to ask for',
      { ...event({ tagsStatus: 'FAILED' }), resources: ['alarm'] },
      'this event is not understood: resources: expected the ARN of an alarm, not "alarm"',
    ],
    [
      'whose tags nobody can read',
      event({ tagsStatus: 'FAILED' }),
      'alarm ServerCpuTooHigh: CloudWatch could not read its tags, and it does not exist here now',
    ],
  ])('%s is put aside as it came, with the reason, and blocks nobody', async (_, poison, reason) => {
    cloudwatch
      .on(ListTagsForResourceCommand)
      .rejects(new ResourceNotFoundException({ message: 'not found', $metadata: {} }));
    expect(await send(event({ alarmName: ALARM }), poison, event({ id: 'other', tags: TAGS }))).toEqual([]);
    expect(await open()).toHaveLength(2);
    expect(aside()).toEqual([
      {
        body: typeof poison === 'string' ? poison : JSON.stringify(poison),
        reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
      },
    ]);
  });

  it('among the signals of one incident is found by trying each alone', async () => {
    const alarms = ['first', 'poisoned', 'third'].map(alarmName => event({ id: alarmName, alarmName, tags: TAGS }));
    refuseItemsWith('poisoned');
    expect(await send(...alarms)).toEqual([]);
    expect(Object.keys((await stored(CACHE)).signals)).toEqual(['alarm:first', 'alarm:third']);
    expect(aside()).toEqual([
      { body: JSON.stringify(alarms[1]), reason: 'Item size has exceeded the maximum allowed size' },
    ]);
  });

  it('stays in the queue while it cannot be put aside', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('ServiceUnavailable'));
    expect(await send(event({ alarmName: ALARM }), 'hello')).toEqual(['message 1']);
    expect(await open()).toHaveLength(1);
  });
});
