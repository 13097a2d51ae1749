import { expect, test } from 'vitest';
import type { AlarmState } from '../../src/engine/alarm.ts';
import { Alarms } from '../../src/services/cloudwatch/alarms.ts';
import { Metrics } from '../../src/services/cloudwatch/metrics.ts';
import type { Buses } from '../../src/services/eventbridge.ts';
import type { Topics } from '../../src/services/sns.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const METRIC = {
  ...{ Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};
const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:';
const PEOPLE = 'arn:aws:sns:us-east-1:123456789012:People';
const SUPPRESSED = {
  ...{ ActionsSuppressor: `${ARN}deploying`, ActionsSuppressorWaitPeriod: 120, ActionsSuppressorExtensionPeriod: 180 },
  ...{ AlarmActions: [PEOPLE], OKActions: [PEOPLE] },
};

/** The alarms `errors`, `slow` and `deploying`, whose states the test sets, and composite alarms of the given properties. */
function watched(composites: Record<string, object>) {
  const metric = ['errors', 'slow', 'deploying'].map(AlarmName => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmName, ...METRIC },
  }));
  const others = Object.entries(composites).map(([AlarmName, properties]) => ({
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { AlarmName, ...properties },
  }));
  const embedded = embeddedAccount(1, Object.fromEntries([...others, ...metric].map((r, i) => [`Alarm${i}`, r])));
  const { account, clock, call } = embedded;
  // biome-ignore lint/suspicious/noExplicitAny: events have as many shapes as alarms
  const told: any[] = [];
  const acted: [seconds: number, subject: string][] = [];
  const began = clock.now;
  const buses = { event: (_: string, __: string, detail: object) => detail, put: (detail: never) => told.push(detail) };
  const topics = {
    publishFromAlarm: (_: string, subject: string) => acted.push([(clock.now - began) / 1000, subject]),
  };
  new Alarms(account, new Metrics(account), buses as unknown as Buses, topics as unknown as Topics);
  const set = (AlarmName: string, StateValue: AlarmState) =>
    call('cloudwatch', 'SetAlarmState', { AlarmName, StateValue, StateReason: 'set by a test' });
  const pass = (seconds: number) => clock.run(seconds * 1000, () => false);
  const find = async (name: string) =>
    (await call('cloudwatch', 'DescribeAlarms', { AlarmTypes: ['CompositeAlarm'], AlarmNames: [name] }))[
      'CompositeAlarms'
    ][0];
  return { ...embedded, told, acted, set, pass, find };
}

const ANY = { AlarmRule: 'ALARM("errors") OR ALARM("slow")' };

test('a composite alarm is what its rule says as soon as an alarm that it watches changes, also through another one', async () => {
  const { told, set, pass, find } = watched({
    all: { AlarmRule: 'ALARM(any) AND ALARM(slow)' },
    any: { ...ANY, AlarmDescription: 'Shop is ill' },
  });
  await set('errors', 'ALARM');
  expect(await find('any')).toMatchObject({
    StateValue: 'ALARM',
    AlarmRule: ANY.AlarmRule,
    StateReason: `${ARN}errors transitioned to ALARM at Monday 02 March, 2026 09:00:00 UTC`,
    StateTransitionedTimestamp: new Date('2026-03-02T09:00:00.000Z'),
  });
  expect(await find('all')).toMatchObject({ StateValue: 'OK' });
  await set('slow', 'ALARM');
  expect(await find('all')).toMatchObject({ StateValue: 'ALARM' });
  await pass(5);
  expect(told.map(({ alarmName, state }) => `${alarmName} ${state.value}`).sort()).toEqual([
    ...['all ALARM', 'any ALARM', 'errors ALARM', 'slow ALARM'],
  ]);
  const { configuration, state } = told.find(({ alarmName }) => alarmName === 'any');
  expect(configuration).toEqual({ description: 'Shop is ill', alarmRule: ANY.AlarmRule });
  expect(JSON.parse(state.reasonData).triggeringAlarms).toMatchObject([
    { arn: `${ARN}errors`, state: { value: 'ALARM' } },
  ]);
});

test('a state that a person set lasts until an alarm that it watches changes', async () => {
  const { set, pass, find } = watched({ any: ANY });
  await set('any', 'ALARM');
  await pass(300);
  expect(await find('any')).toMatchObject({ StateValue: 'ALARM', StateReason: 'set by a test' });
  await set('slow', 'INSUFFICIENT_DATA');
  expect(await find('any')).toMatchObject({ StateValue: 'OK' });
});

test('one that is put begins without data, and is judged within a minute; it is found by its tags', async () => {
  const { call, told, pass, find } = watched({});
  const Tags = [{ Key: 'team', Value: 'web' }];
  await call('cloudwatch', 'PutCompositeAlarm', { AlarmName: 'calm', AlarmRule: 'OK(errors)', Tags });
  expect(await find('calm')).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
  await pass(65);
  expect(told).toMatchObject([{ alarmName: 'calm', previousState: { value: 'INSUFFICIENT_DATA' } }]);
  expect(await call('cloudwatch', 'ListTagsForResource', { ResourceARN: `${ARN}calm` })).toEqual({ Tags });
  const put = (AlarmRule: string) => call('cloudwatch', 'PutCompositeAlarm', { AlarmName: 'other', AlarmRule });
  await expect(put('ALARM(gone)')).rejects.toThrow('gone does not exist');
});

test('DescribeAlarms answers both types on the same pages', async () => {
  const { call } = watched({ any: ANY });
  const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'];
  const first = await call('cloudwatch', 'DescribeAlarms', { AlarmTypes, MaxRecords: 2 });
  expect([first['MetricAlarms'].length, first['CompositeAlarms'].length]).toEqual([1, 1]);
  expect((await call('cloudwatch', 'DescribeAlarms', {}))['CompositeAlarms']).toEqual([]);
});

test.each([
  ['a circle', { one: { AlarmRule: 'ALARM(other)' }, other: { AlarmRule: 'OK(one)' } }, 'in a circle'],
  ['an alarm of another stack', { one: { AlarmRule: 'ALARM(gone)' } }, 'of another stack'],
  ['a suppressor without its periods', { one: { ...ANY, ActionsSuppressor: 'deploying' } }, 'its two periods'],
  ['a property that is not supported', { one: { ...ANY, InsufficientDataActions: [PEOPLE] } }, 'InsufficientData'],
])('%s is refused', (_, composites, message) => {
  expect(() => watched(composites as Record<string, object>)).toThrow(message);
});

test('without suppression actions are taken at once; with a quiet suppressor after the wait period', async () => {
  const { told, acted, set, pass, find } = watched({
    plain: { ...ANY, AlarmActions: [PEOPLE] },
    any: { ...ANY, ...SUPPRESSED },
  });
  await set('errors', 'ALARM');
  expect(acted).toEqual([[0, 'ALARM: "plain"']]);
  const waiting = { ActionsSuppressedBy: 'WaitPeriod', ActionsSuppressedReason: 'Actions suppressed by WaitPeriod' };
  expect(await find('any')).toMatchObject({ ...waiting, ActionsSuppressor: `${ARN}deploying` });
  await pass(119);
  expect(acted).toHaveLength(1);
  await pass(2);
  expect(acted[1]).toEqual([120, 'ALARM: "any"']);
  expect((await find('any')).ActionsSuppressedBy).toBeUndefined();
  const { state, configuration } = told.find(({ alarmName }) => alarmName === 'any');
  expect(state).toMatchObject({ value: 'ALARM', actionsSuppressedBy: 'WaitPeriod' });
  expect(configuration).toMatchObject({ actionsSuppressor: `${ARN}deploying`, actionsSuppressorWaitPeriod: 120 });
});

test('a suppressor that comes within the wait period suppresses, and its extension period gives time to recover', async () => {
  const { acted, set, pass, find } = watched({ any: { ...ANY, ...SUPPRESSED } });
  const by = async () => (await find('any')).ActionsSuppressedBy;
  await set('errors', 'ALARM');
  await pass(60);
  await set('deploying', 'ALARM');
  expect(await by()).toBe('WaitPeriod');
  await pass(120);
  expect(await by()).toBe('Alarm');
  await set('deploying', 'OK');
  expect(await by()).toBe('ExtensionPeriod');
  await pass(100);
  await set('errors', 'OK');
  await pass(100);
  expect([await by(), acted]).toEqual([undefined, []]);
});

test('what is still red after the extension period takes its actions then', async () => {
  const { told, acted, set, pass } = watched({ any: { ...ANY, ...SUPPRESSED } });
  await set('deploying', 'ALARM');
  await set('errors', 'ALARM');
  await pass(600);
  expect(told.find(({ alarmName }) => alarmName === 'any').state).toMatchObject({ actionsSuppressedBy: 'Alarm' });
  await set('deploying', 'INSUFFICIENT_DATA');
  await pass(90);
  await set('deploying', 'ALARM');
  await pass(600);
  expect(acted).toEqual([]);
  await set('deploying', 'OK');
  await pass(181);
  expect(acted).toEqual([[1470, 'ALARM: "any"']]);
});
