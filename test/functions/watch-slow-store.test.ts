import { DescribeAlarmsCommand, ListAlarmMuteRulesCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { useTopics, useWorkflows } from '../support/aws-mocks.ts';
import { useAlarms } from '../support/fake-alarms.ts';
import type { TableCommand } from '../support/memory-table.ts';
import { ALARM, invoke, setMinute, stored, useResponder } from '../support/responder.ts';
import { of, START } from '../support/story.ts';

const PAGING = {
  ...{ title: 'mockupAWS', region: 'us-east-1', remindMinutes: 10, dashboard: 'https://example.com/dashboard' },
  levels: [
    { role: 'On-call engineer', afterMinutes: 0, people: ['ada'] },
    { role: 'Senior engineer', afterMinutes: 15, people: ['cleo'] },
  ],
};
/** Seconds that the function may run. */
const TIMEOUT = 50;

const table = useResponder({
  ...{ RESPONSE_STATE_MACHINE: 'arn:response', MAINTENANCE_PARAMETER: 'until', AUTOMATION_PARAMETER: 'on' },
  ...{ DIRECT_PAGING: JSON.stringify(PAGING), LEVEL_TOPICS: 'arn:level-1,arn:level-2' },
  HEARTBEAT_URL: 'https://hc.example.com/token',
});
const { alarms, cloudwatch, tagging } = useAlarms();
useWorkflows();
const { sns, messages } = useTopics();
const ecs = mockClient(ECSClient);
const ssm = mockClient(SSMClient);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: new Date(START) });
  ssm.reset();
  ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: 'until', Value: 'none' }] });
  ecs.on(DescribeServicesCommand).resolves({ services: [{ desiredCount: 10, runningCount: 10 }] });
  vi.stubGlobal('fetch', async () => new Response());
  alarms.set(ALARM, { state: 'ALARM', since: START, reason: 'Threshold Crossed' });
});

type Handler = (event: never, context: never) => Promise<unknown>;

/** A process that has not read anything yet, to whose calls the table takes so many seconds. */
async function coldWatch(seconds: number): Promise<Handler> {
  vi.resetModules();
  const { handler } = await import('../../lambda/functions/watch/handler.ts');
  const { client } = await import('../../lambda/store/table.ts');
  vi.spyOn(client, 'send').mockImplementation(async command => {
    await new Promise(resolve => setTimeout(resolve, seconds * 1000));
    return table.send(command as TableCommand);
  });
  return handler;
}

/** Runs the watch, and returns the seconds that it took. Between two minutes the process sleeps. */
async function secondsAt(minutes: number, handler: Handler): Promise<number> {
  setMinute(minutes);
  let ended = false;
  const end = () => {
    ended = true;
  };
  void invoke(handler, { 'detail-type': 'Scheduled Event' }).then(end, end);
  for (let seconds = 0; ; seconds++) {
    for (let i = 0; i < 30; i++) await new Promise(resolve => setImmediate(resolve));
    if (ended || seconds > TIMEOUT) return seconds;
    await vi.advanceTimersByTimeAsync(1000);
  }
}

const NEVER = 1e6;

it.each([1, 3, 4, 5, 6, 10, 20, NEVER])(
  'both levels are called, by an incident or directly, when each call of the table takes %d s',
  async seconds => {
    const handler = await coldWatch(seconds);
    for (let minutes = 2; minutes < 27; minutes++) expect(await secondsAt(minutes, handler)).toBeLessThan(TIMEOUT);
    const { timeline } = await stored().catch(() => ({ timeline: [] }));
    const escalated = of(timeline, 'Escalated').map(({ level }) => level);
    const paged = messages().map(({ TopicArn = '' }) => Number(TopicArn.at(-1)));
    expect(new Set([...escalated, ...paged])).toEqual(new Set([1, 2]));
  },
);

it('the function ends by itself when nothing answers at all', async () => {
  const handler = await coldWatch(NEVER);
  const never = () => new Promise<never>(() => undefined);
  cloudwatch.on(DescribeAlarmsCommand).callsFake(never);
  cloudwatch.on(ListAlarmMuteRulesCommand).callsFake(never);
  tagging.on(GetResourcesCommand).callsFake(never);
  ssm.on(GetParametersCommand).callsFake(never);
  sns.on(PublishCommand).callsFake(never);
  for (const minutes of [2, 10]) expect(await secondsAt(minutes, handler)).toBeLessThan(TIMEOUT);
  expect(messages()).toHaveLength(1);
});
