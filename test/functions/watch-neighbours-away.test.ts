import { DescribeAlarmsCommand, GetMetricDataCommand, ListAlarmMuteRulesCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { handler } from '../../lambda/functions/watch/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { useAlarms } from '../support/fake-alarms.ts';
import { ALARM, CACHE_ALARM, invoke, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { START, STATUS_PAGE, types } from '../support/story.ts';

let foreigners = 0;
const table = useResponder({
  RESPONSE_STATE_MACHINE: 'arn:response',
  MAINTENANCE_PARAMETER: 'until',
  AUTOMATION_PARAMETER: 'on',
});
const { alarms, cloudwatch, tagging } = useAlarms();
const { workflows } = useWorkflows();
const ssm = mockClient(SSMClient);
const ecs = mockClient(ECSClient);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: new Date(START) });
  ssm.reset();
  ecs.reset();
  ssm.on(GetParametersCommand).resolves({
    Parameters: [
      { Name: 'until', Value: 'none' },
      { Name: 'on', Value: 'on' },
    ],
  });
  ecs.on(DescribeServicesCommand).resolves({ services: [{ desiredCount: 10, runningCount: 10 }] });
  vi.stubGlobal('fetch', async () => new Response());
  alarms.set(ALARM, { state: 'ALARM', since: START, reason: 'Threshold Crossed' });
  alarms.set(`foreign ${++foreigners}`, { state: 'ALARM', since: START });
});

/** Runs the watch, and lets as many seconds pass as it may take. */
async function watchAt(minutes: number): Promise<Error | undefined> {
  setMinute(minutes);
  const done = invoke(handler, { 'detail-type': 'Scheduled Event' }).then(
    () => undefined,
    (error: Error) => error,
  );
  let ended = false;
  void done.then(() => {
    ended = true;
  });
  for (let i = 0; i < 50 && !ended; i++) {
    for (let j = 0; j < 20; j++) await new Promise(resolve => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(ended).toBe(true);
  return done;
}

const opened = async () => (await openIncidents()).incidents.map(({ slot }) => slot).sort();

const never = () => new Promise<never>(() => undefined);
const refused = async () => {
  throw new Error('AccessDenied');
};

type Answer = () => Promise<never>;

/** The services that the watch asks besides its store. */
const NEIGHBOURS: Record<string, (answer: Answer) => void> = {
  'alarms without data': answer =>
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'INSUFFICIENT_DATA' }).callsFake(answer),
  tags: answer => tagging.on(GetResourcesCommand).callsFake(answer),
  switches: answer => ssm.on(GetParametersCommand).callsFake(answer),
  'mute rules': answer => cloudwatch.on(ListAlarmMuteRulesCommand).callsFake(answer),
  tasks: answer => ecs.on(DescribeServicesCommand).callsFake(answer),
  metrics: answer => cloudwatch.on(GetMetricDataCommand).callsFake(answer),
  'health URLs': answer => vi.stubGlobal('fetch', answer),
  workflows: answer => workflows.on(StartExecutionCommand).callsFake(answer),
};
const EVERYTHING = 'everything but what is red';

const take = (name: string, answer: Answer) => {
  for (const [other, remove] of Object.entries(NEIGHBOURS)) if (name === other || name === EVERYTHING) remove(answer);
};

describe.each([
  ['refuse', refused],
  ['do not answer at all', never],
])('while others %s', (_, answer) => {
  it.each([...Object.keys(NEIGHBOURS), EVERYTHING])('a red alarm opens an incident: %s', async name => {
    take(name, answer);
    await watchAt(2);
    expect(await opened()).toEqual(['mockupaws-production']);
  });

  it.each([...Object.keys(NEIGHBOURS), EVERYTHING])('people are escalated to: %s', async name => {
    await receive(signal(), policyOf());
    take(name, answer);
    for (const minutes of [5, 10, 15]) await watchAt(minutes);
    expect((await stored()).escalation?.level).toBe(2);
  });

  it('people are escalated to when no alarm can be read', async () => {
    await receive(signal(), policyOf());
    cloudwatch.on(DescribeAlarmsCommand).callsFake(answer);
    for (const minutes of [5, 10, 15]) await watchAt(minutes);
    expect((await stored()).escalation?.level).toBe(2);
  });

  it('half an answer is worth having: the alarms on the pages that were read open incidents, and the watch fails', async () => {
    cloudwatch.on(DescribeAlarmsCommand, { StateValue: 'ALARM' }).callsFake(({ NextToken }) => {
      const StateTransitionedTimestamp = new Date(START);
      const MetricAlarms = [{ AlarmName: ALARM, StateValue: 'ALARM', StateTransitionedTimestamp }];
      return NextToken ? answer() : { MetricAlarms, NextToken: '2' };
    });
    expect((await watchAt(2))?.message).toContain('what is red cannot be read');
    expect(await opened()).toEqual(['mockupaws-production']);
  });
});

it('while tags cannot be read the watch fails, because nobody knows whose a red alarm is', async () => {
  take('tags', refused);
  expect((await watchAt(2))?.message).toContain('the tags of 1 red alarms cannot be read');
});

it('an incident whose slot cannot be read holds up none of another', async () => {
  alarms.set(CACHE_ALARM, { state: 'ALARM', since: START });
  const { send } = table;
  table.send = async command => {
    if (JSON.stringify(command.input).includes('"incident/mockupaws-production/CacheFailure"'))
      throw new Error('throttled');
    return send(command);
  };
  expect((await watchAt(2))?.message).toContain('throttled');
  expect(await opened()).toEqual(['mockupaws-production']);
});

it('an obligation that cannot be fulfilled holds up none after it', async () => {
  await receive(signal(), { ...policyOf(), statusPage: STATUS_PAGE, severities: RUNBOOK_SEVERITIES });
  take('workflows', refused);
  expect((await watchAt(5))?.message).toContain('AccessDenied');
  expect(types((await stored()).timeline)).toContain('PublicationRequested');
});
