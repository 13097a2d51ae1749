import { expect, test } from 'vitest';
import { Alarms } from '../../src/services/cloudwatch/alarms.ts';
import { Metrics } from '../../src/services/cloudwatch/metrics.ts';
import type { Buses } from '../../src/services/eventbridge.ts';
import type { Topics } from '../../src/services/sns.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:upgrade';
const PEOPLE = 'arn:aws:sns:us-east-1:123456789012:People';

/** The alarms `errors` and `slow`, whose states the test sets. */
function watched() {
  const alarms = ['errors', 'slow'].map(AlarmName => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...{ AlarmName, Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
      ...{ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', AlarmActions: [PEOPLE] },
    },
  }));
  const embedded = embeddedAccount(1, Object.fromEntries(alarms.map((alarm, i) => [`Alarm${i}`, alarm])));
  const { account, clock, call } = embedded;
  const told: { alarmName: string; muteDetail?: object }[] = [];
  const acted: string[] = [];
  const buses = { event: (_: string, __: string, detail: object) => detail, put: (detail: never) => told.push(detail) };
  const topics = { publishFromAlarm: (_: string, subject: string) => acted.push(subject) };
  new Alarms(account, new Metrics(account), buses as unknown as Buses, topics as unknown as Topics);
  const at = (minutes: number) => `at(${new Date(clock.now + minutes * 60_000).toISOString().slice(0, 16)})`;
  const mute = (Expression: string, more = {}) =>
    call('cloudwatch', 'PutAlarmMuteRule', {
      Name: 'upgrade',
      Rule: { Schedule: { Expression, Duration: 'PT1H' } },
      MuteTargets: { AlarmNames: ['errors'] },
      ...more,
    });
  const set = (AlarmName: string) =>
    call('cloudwatch', 'SetAlarmState', { AlarmName, StateValue: 'ALARM', StateReason: 'set by a test' });
  const active = async (input = {}) =>
    (await call('cloudwatch', 'ListAlarmMuteRules', { Statuses: ['ACTIVE'], ...input }))['AlarmMuteRuleSummaries'];
  const pass = (minutes: number) => clock.run(minutes * 60_000, () => false);
  return { ...embedded, told, acted, at, mute, set, active, pass };
}

test('a muted alarm tells of its change and by which rule it is muted, and takes its actions when the window ends', async () => {
  const { mute, at, set, pass, told, acted } = watched();
  await mute(at(0));
  const end = at(60).slice(3, -1);
  await set('errors');
  await set('slow');
  await pass(1);
  // Events come in any order.
  const details = Object.fromEntries(told.map(({ alarmName, muteDetail }) => [alarmName, muteDetail]));
  expect(details).toEqual({
    errors: expect.objectContaining({ mutedByArn: ARN, muteWindowEnd: expect.stringContaining(end) }),
    slow: undefined,
  });
  expect(acted).toEqual(['ALARM: "slow"']);
  await pass(60);
  expect(acted).toEqual(['ALARM: "slow"', 'ALARM: "errors"']);
});

test('a rule is listed while its window lasts, by the alarms that it names, and can be read and deleted', async () => {
  const { mute, at, active, pass, call } = watched();
  await mute(at(10), { Description: 'quarterly' });
  expect(await active()).toEqual([]);
  await pass(11);
  expect(await active({ AlarmName: 'errors' })).toMatchObject([{ AlarmMuteRuleArn: ARN, Status: 'ACTIVE' }]);
  expect(await active({ AlarmName: 'slow' })).toEqual([]);
  expect(await call('cloudwatch', 'GetAlarmMuteRule', { AlarmMuteRuleName: 'upgrade' })).toMatchObject({
    ...{ Name: 'upgrade', Description: 'quarterly', MuteTargets: { AlarmNames: ['errors'] } },
  });
  await pass(60);
  expect(await active()).toEqual([]);
  await call('cloudwatch', 'DeleteAlarmMuteRule', { AlarmMuteRuleName: 'upgrade' });
  await expect(call('cloudwatch', 'GetAlarmMuteRule', { AlarmMuteRuleName: 'upgrade' })).rejects.toThrow(
    'no mute rule',
  );
});

test('a window that recurs or is longer than fifteen days is refused', async () => {
  const { mute, at } = watched();
  await expect(mute('cron(0 2 * * *)')).rejects.toThrow('recurs');
  const Rule = { Schedule: { Expression: at(0), Duration: 'P16D' } };
  await expect(mute(at(0), { Rule })).rejects.toThrow('P15D');
});
