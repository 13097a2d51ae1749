import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/functions/watch/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { commitOf, firstItem } from '../../lambda/store/keys.ts';
import { EVENT_VERSION } from '../../lambda/store/stored-event.ts';
import { client, TableName } from '../../lambda/store/table.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import {
  ALARM,
  committed,
  invoke,
  KEY,
  openIncident,
  policyOf,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, of, START } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'arn:response' });
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
const { workflows: states, executions } = useWorkflows();
const started = () => executions().map(({ name }) => name);
const alarm = (StateValue: 'OK' | 'ALARM', at: string) =>
  cloudwatch
    .on(DescribeAlarmsCommand)
    .resolves({ MetricAlarms: [{ AlarmName: ALARM, StateValue, StateTransitionedTimestamp: new Date(at) }] });

beforeEach(() => {
  cloudwatch.reset();
  alarm('ALARM', START);
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  ecs.on(DescribeServicesCommand).resolves({ services: [{ desiredCount: 10, runningCount: 10 }] });
  vi.stubGlobal('fetch', async () => new Response());
});
const watch = () => invoke(handler, { 'detail-type': 'Scheduled Event' });

it('the watch calls the next level when nobody has answered, also while CloudWatch is down, and then throws', async () => {
  await openIncident();
  cloudwatch.on(DescribeAlarmsCommand).rejects(new Error('ServiceUnavailable'));
  const watch = () => expect(invoke(handler, {})).rejects.toThrow('ServiceUnavailable');
  setMinute(14.9);
  await watch();
  expect((await stored()).escalation?.level).toBe(1);
  setMinute(15);
  await watch();
  await watch();
  expect(of((await stored()).timeline, 'Escalated').map(({ level }) => level)).toEqual([1, 2]);
});

it('the watch resolves an incident when all has been well long enough, and not while CloudWatch is down', async () => {
  await openIncident();
  await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'handed over' });
  alarm('OK', minute(2));
  setMinute(2);
  await watch();
  expect(await stored()).toMatchObject({ status: 'monitoring', allClearSince: minute(2) });
  cloudwatch.on(DescribeAlarmsCommand).rejects(new Error('ServiceUnavailable'));
  setMinute(7);
  await expect(watch()).rejects.toThrow('ServiceUnavailable');
  expect((await stored()).status).toBe('monitoring');
  alarm('OK', minute(2));
  setMinute(20);
  await watch();
  expect(await stored()).toMatchObject({ status: 'resolved', resolvedAt: minute(20) });
});

it('the watch starts a response without a sign of life again, by the same name', async () => {
  await receive(signal(), policyOf());
  setMinute(1);
  await watch();
  expect(started()).toEqual([]);
  setMinute(2);
  await watch();
  expect(started()).toEqual(['INC-2026-04-07-001-1']);
});

it('the watch makes up for a lost event: an alarm that fires again starts another attempt', async () => {
  await openIncident();
  alarm('OK', minute(1));
  setMinute(1);
  await watch();
  await committed({
    type: 'next step',
    id: 'plan',
    attempt: 1,
    readings: {
      ...{ automation: 'unreadable', maintenanceUntil: undefined, maintenance: [] },
      ...{ ledger: [], others: [], awsIssues: [] },
    },
  });
  expect((await stored()).attempt?.outcome).toBe('recovered');
  alarm('ALARM', minute(3));
  setMinute(3);
  await watch();
  expect(started()).toEqual(['INC-2026-04-07-001-2']);
});

it('the watch goes on with other incidents when one fails, and then throws', async () => {
  await receive(signal(), policyOf());
  await receive(signal({ id: 'event-2', playbook: 'CacheFailure' }), policyOf());
  const other = { slot: 'mockupaws-production/CacheFailure', number: 1 };
  states.on(StartExecutionCommand, { name: 'INC-2026-04-07-001-1' }).rejects(new Error('StateMachineDeleting'));
  setMinute(15);
  await expect(watch()).rejects.toThrow('StateMachineDeleting');
  expect(started()).toEqual(expect.arrayContaining(['INC-2026-04-07-001-1', 'INC-2026-04-07-002-1']));
  for (const key of [undefined, other]) expect((await stored(key)).escalation?.level).toBe(2);
});

it('an incident of a later version hides no other, is told to operations, and a new one opens beside it', async () => {
  await receive(signal(), policyOf());
  await receive(signal({ id: 'event-2', playbook: 'CacheFailure' }), policyOf());
  const other = { slot: 'mockupaws-production/CacheFailure', number: 1 };
  const next = { ...firstItem(KEY), sk: commitOf(1, (await stored()).version) };
  const event = {
    type: 'Foretold',
    data: {},
    meta: { version: EVENT_VERSION + 1, seq: 5, at: START, command: 'later' },
  };
  await client.send(new PutCommand({ TableName: TableName(), Item: { ...next, events: [event] } }));
  setMinute(15);
  await watch();
  expect((await stored(other)).escalation?.level).toBe(2);
  const [metric] = cloudwatch.commandCalls(PutMetricDataCommand).map(({ args }) => args[0].input.MetricData?.[0]);
  expect(metric).toMatchObject({ MetricName: 'UnreadableIncidents', Value: 1 });
  const { incident } = await receive(signal({ id: 'event-3', at: minute(16) }), policyOf());
  expect(incident).toMatchObject({ number: 2, status: 'investigating' });
});

it('the watch reads requests once for all incidents, and all their alarms in one call', async () => {
  await receive(signal(), policyOf());
  await receive(signal({ id: 'blind', key: 'blind:memory', level: 'warning' }), policyOf());
  const memory = { AlarmName: 'memory', StateValue: 'OK', StateTransitionedTimestamp: new Date(minute(1)) } as const;
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [memory] });
  await receive(signal({ id: 'event-2', playbook: 'CacheFailure' }), policyOf());
  setMinute(1);
  await watch();
  expect(cloudwatch.commandCalls(GetMetricDataCommand)).toHaveLength(1);
  const asked = cloudwatch.commandCalls(DescribeAlarmsCommand).map(({ args }) => args[0].input.AlarmNames?.length);
  expect(asked).toEqual([undefined, undefined, 2]);
  expect((await stored()).signals).toMatchObject({ 'blind:memory': { state: 'cleared' } });
});

it('with no open incident only looks at the alarms, and at mute rules if one is red', async () => {
  await openIncident();
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'by hand' });
  setMinute(60);
  await watch();
  expect(cloudwatch.calls()).toHaveLength(3);
  expect(states.calls()).toEqual([]);
});

it('the watch looks after reviews every quarter of an hour, and makes up for a missed one', async () => {
  await openIncident();
  await committed({ type: 'raise action item', id: 'item', by: 'ada', action: 'pool', text: 'x', dueAt: minute(20) });
  await committed({ type: 'resolve', id: 'resolved', by: 'ada', reason: 'fixed' });
  const reminded = async () => of((await stored()).timeline, 'ActionItemDue').length;
  setMinute(31);
  await watch();
  expect(await reminded()).toBe(0);
  setMinute(45);
  await watch();
  expect(await reminded()).toBe(1);
});

it('the watch goes on with an open incident though it cannot read what is deployed', async () => {
  await receive(signal({ service: 'checkout' }), { ...policyOf(), service: 'checkout' });
  vi.stubEnv('SERVICE', 'checkout');
  setMinute(20);
  await expect(watch()).rejects.toThrow('nothing is deployed for checkout');
  const [incident] = (await openIncidents()).incidents;
  expect(incident?.called).toContain(2);
});

it('the watch does all that an incident is owed though one of it fails', async () => {
  const { severities, ...policy } = policyOf();
  const P2 = { ...severities.P2, stakeholdersMinutes: 30 };
  await receive(signal(), { ...policy, severities: { ...severities, P2 }, stallMinutes: 1000 });
  setMinute(40);
  states.on(StartExecutionCommand).rejects(new Error('StateMachineDeleting'));
  await expect(watch()).rejects.toThrow('StateMachineDeleting');
  expect(of((await stored()).timeline, 'UpdatePosted')).toHaveLength(1);
});
