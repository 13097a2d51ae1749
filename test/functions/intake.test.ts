import { CloudWatchClient, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch';
import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { ALARM, invoke, KEY, stored, useResponder } from '../support/responder.ts';
import { types } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
const { workflows: states, executions } = useWorkflows();
const cloudwatch = mockClient(CloudWatchClient);

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
      metrics: [
        {
          id: '30b6c6b2-a864-43a2-4877-c09a1afc3b87',
          metricStat: {
            metric: { dimensions: { InstanceId: 'i-12345678901234567' }, name: 'CPUUtilization', namespace: 'AWS/EC2' },
            period: 300,
            stat: 'Average',
          },
          returnData: true,
        },
      ],
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

describe('an event that is no known alarm', () => {
  it.each<[string, unknown, RegExp]>([
    ['all', {}, /^this event is not understood: id: .*; detail-type: .*; detail: /],
    ['event', null, /^this event is not understood: event: /],
    [
      'detail.state.value',
      event({ value: 'FIRING' }),
      /^this event is not understood: detail\.state\.value: .*"FIRING"$/,
    ],
    [
      'detail.state.timestamp',
      { ...event(), detail: { ...event().detail, state: { value: 'ALARM', timestamp: 'now' } } },
      /detail\.state\.timestamp: expected a time such as 2019/,
    ],
  ])('causes an error that names the field: %s', async (_, nonsense, message) => {
    await expect(invoke(handler, nonsense)).rejects.toThrow(TypeError);
    await expect(invoke(handler, nonsense)).rejects.toThrow(message);
    expect((await openIncidents()).incidents).toEqual([]);
  });

  it.each<[string, Parameters<typeof event>[0]]>([
    ['without a playbook', { tags: SERVICE }],
    ['of a playbook that does not exist', { tags: { ...TAGS, 'incident:playbook': 'CacheFailures' } }],
    ['of a level that does not exist', { tags: { ...TAGS, 'incident:level': 'info' } }],
    ['of a playbook that has been removed', { alarmName: 'incident-response/mockupaws-production/latency' }],
  ])('causes an error that says how to tag it, for an alarm of the service %s', async (_, changes) => {
    await expect(invoke(handler, event(changes))).rejects.toThrow(
      `alarm ${changes?.alarmName ?? 'ServerCpuTooHigh'}: no playbook for it. Tag it incident:playbook (one of CacheFailure, DatabaseConnections) and incident:level (warning or critical)`,
    );
  });
});

it.each<[string, Parameters<typeof event>[0]]>([
  ['without tags', { tags: {} }],
  ['of another service', { tags: { ...TAGS, 'incident:service': 'shop-production' } }],
  ['of another service, by its name', { alarmName: 'incident-response/mockupaws-production-2/latency' }],
  ['of a service whose playbook has our name', { tags: { 'incident:playbook': 'CacheFailure' } }],
])('an alarm %s is ignored', async (_, changes) => {
  expect(await invoke(handler, event(changes))).toEqual({ incident: undefined });
  expect((await openIncidents()).incidents).toEqual([]);
});

it('an alarm whose tags CloudWatch could not read is asked for them, unless it is known by name', async () => {
  cloudwatch
    .on(ListTagsForResourceCommand)
    .resolves({ Tags: Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value })) });
  expect(await invoke(handler, event({ tagsStatus: 'FAILED' }))).toMatchObject({ state: 'firing' });
  expect(await invoke(handler, event({ id: '2', alarmName: ALARM, tagsStatus: 'FAILED' }))).toMatchObject({
    state: 'firing',
  });
  expect(cloudwatch.commandCalls(ListTagsForResourceCommand).map(({ args }) => args[0].input)).toEqual([
    { ResourceARN: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh' },
  ]);
  cloudwatch.on(ListTagsForResourceCommand).resolves({ Tags: [] });
  expect(await invoke(handler, event({ id: '3', tagsStatus: 'FAILED' }))).toEqual({ incident: undefined });
});

it('an alarm opens an incident whatever CloudWatch leaves out or empties', async () => {
  const { detail, ...envelope } = event({ tags: TAGS });
  const bare = {
    alarmName: 'bare',
    configuration: { description: null },
    state: { value: 'ALARM', timestamp: detail.state.timestamp, reason: null, reasonData: null },
    alarmTags: TAGS,
  };
  expect(await invoke(handler, { ...envelope, resources: undefined, detail: bare })).toMatchObject({ state: 'firing' });
  const incident = await stored({ slot: 'mockupaws-production/CacheFailure', number: 1 });
  expect(incident.signals['alarm:bare']?.summary).toBe('bare: ALARM');
});

it('an alarm opens an incident and starts its response, by its name or by its tags', async () => {
  const opened = await invoke(handler, event({ alarmName: ALARM }));
  expect(opened).toMatchObject({ incident: 'INC-2026-04-07-001', signal: `alarm:${ALARM}`, state: 'firing' });
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
    'Goes into alarm when server CPU utilization is too high!: 99.5 (threshold 50)',
  );
  const tagged = event({ id: 'other', tags: TAGS });
  expect(await invoke(handler, tagged)).toMatchObject({ incident: 'INC-2026-04-07-002' });
});

it('a signal delivered twice, or five times at once, opens one incident and starts one execution', async () => {
  states
    .on(StartExecutionCommand)
    .resolvesOnce({})
    .rejects(new ExecutionAlreadyExists({ message: 'exists', $metadata: {} }));
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => invoke(handler, event({ alarmName: ALARM }))));
  expect(await invoke(handler, event({ alarmName: ALARM }))).toMatchObject({ incident: outcomes[0]?.incident });
  expect(new Set(outcomes.map(({ incident }) => incident)).size).toBe(1);
  expect(new Set(executions().map(({ name }) => name)).size).toBe(1);
  expect((await openIncidents()).incidents).toHaveLength(1);
  expect(types((await stored()).timeline).filter(type => type === 'SignalFired')).toHaveLength(1);
});

it('a response that could not be started is started when Lambda tries again', async () => {
  states.on(StartExecutionCommand).rejectsOnce(new Error('ThrottlingException')).resolves({});
  const alarm = event({ alarmName: ALARM });
  await expect(invoke(handler, alarm)).rejects.toThrow('ThrottlingException');
  await invoke(handler, alarm);
  expect(executions().map(({ name }) => name)).toEqual(['INC-2026-04-07-001-1', 'INC-2026-04-07-001-1']);
  expect((await openIncidents()).incidents).toHaveLength(1);
});

it('OK clears an alarm, and INSUFFICIENT_DATA opens nothing', async () => {
  expect(await invoke(handler, event({ alarmName: ALARM, value: 'INSUFFICIENT_DATA' }))).toMatchObject({ events: [] });
  await invoke(handler, event({ id: '1', alarmName: ALARM }));
  expect(await invoke(handler, event({ id: '2', alarmName: ALARM, value: 'OK' }))).toMatchObject({
    events: ['SignalCleared'],
  });
  expect(executions()).toHaveLength(1);
});
