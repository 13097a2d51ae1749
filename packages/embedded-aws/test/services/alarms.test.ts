import { describe, expect, test } from 'vitest';
import { Alarms } from '../../src/services/cloudwatch/alarms.ts';
import { Metrics } from '../../src/services/cloudwatch/metrics.ts';
import type { Buses } from '../../src/services/eventbridge.ts';
import type { Topics } from '../../src/services/sns.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const MINUTE = 60_000;

const alarm = (name: string, properties = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ...{ AlarmName: name, Namespace: 'AWS/ECS', MetricName: 'CPUUtilization', Statistic: 'Average', Period: 60 },
    ...{ EvaluationPeriods: 3, Threshold: 80, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
    ...properties,
  },
});

/** Alarms judged once a minute on a metric that is at `cpu`, in a world where metrics are so many seconds late. */
function judged(alarms: ReturnType<typeof alarm>[], late = 0) {
  const resources = Object.fromEntries(alarms.map((resource, i) => [`Alarm${i}`, resource]));
  const embedded = embeddedAccount(1, resources);
  const { account, clock, call } = embedded;
  const told: { alarmName: string; state: { value: string }; previousState: { value: string } }[] = [];
  const buses = { event: (_: string, __: string, detail: object) => detail, put: (detail: never) => told.push(detail) };
  const metrics = new Metrics(account, () => late * 1000);
  const topics = { publishFromAlarm: () => undefined };
  const world = { cpu: 30 };
  const kept = new Alarms(account, metrics, buses as unknown as Buses, topics as unknown as Topics);
  clock.every(10_000, () => metrics.put('AWS/ECS', 'CPUUtilization', {}, world.cpu));
  const pass = (minutes: number) => clock.run(minutes * MINUTE, () => false);
  const begin = async () => {
    await pass(10);
    clock.every(MINUTE, () => kept.judge());
    await pass(1.5);
  };
  const find = (input = {}) => call('cloudwatch', 'DescribeAlarms', input);
  return { ...embedded, alarms: kept, metrics, world, told, pass, begin, find };
}

describe('DescribeAlarms', () => {
  const many = Array.from({ length: 230 }, (_, i) => alarm(`shop-${String(i).padStart(3, '0')}`));

  test('answers a hundred alarms a call, the others beyond NextToken', async () => {
    const { find } = judged(many);
    const names: string[] = [];
    const pages: number[] = [];
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await find({ NextToken });
      names.push(...page['MetricAlarms'].map(({ AlarmName }: { AlarmName: string }) => AlarmName));
      pages.push(page['MetricAlarms'].length);
      NextToken = page['NextToken'];
    }
    expect(pages).toEqual([100, 100, 30]);
    expect(new Set(names).size).toBe(230);
    expect((await find({ MaxRecords: 7 }))['MetricAlarms']).toHaveLength(7);
  });

  test('refuses names together with a prefix, and more than a hundred names', async () => {
    const { find } = judged(many);
    await expect(find({ AlarmNames: ['shop-001'], AlarmNamePrefix: 'shop' })).rejects.toThrow('both');
    const names = many.map(({ Properties }) => Properties.AlarmName);
    await expect(find({ AlarmNames: names })).rejects.toThrow('less than or equal to 100');
  });

  test('answers metric alarms alone unless AlarmTypes says otherwise, by prefix and by state', async () => {
    const { alarms, find } = judged([alarm('shop-a'), alarm('shop-b'), alarm('other')]);
    alarms.set({ AlarmName: 'shop-b', StateValue: 'ALARM', StateReason: 'set by a person' });
    const names = async (input: object) =>
      (await find(input))['MetricAlarms'].map(({ AlarmName }: { AlarmName: string }) => AlarmName);
    expect(await names({ AlarmNamePrefix: 'shop-' })).toEqual(['shop-a', 'shop-b']);
    expect(await names({ StateValue: 'ALARM' })).toEqual(['shop-b']);
    expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
    expect(await names({ AlarmNames: ['shop-a', 'gone'] })).toEqual(['shop-a']);
  });

  test('StateUpdatedTimestamp moves with every state that is set, StateTransitionedTimestamp with another one', async () => {
    const { alarms, clock, find, pass } = judged([alarm('shop')]);
    const timestamps = async () => {
      const [found] = (await find())['MetricAlarms'];
      return [found.StateTransitionedTimestamp.getTime(), found.StateUpdatedTimestamp.getTime()];
    };
    const set = () => alarms.set({ AlarmName: 'shop', StateValue: 'ALARM', StateReason: 'set by a person' });
    set();
    const first = clock.now;
    expect(await timestamps()).toEqual([first, first]);
    await pass(1);
    set();
    expect(await timestamps()).toEqual([first, clock.now]);
  });
});

test('the tags of an alarm are listed by its ARN', async () => {
  const Tags = [{ Key: 'team', Value: 'web' }];
  const { call } = judged([alarm('shop', { Tags })]);
  const arn = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;
  expect(await call('cloudwatch', 'ListTagsForResource', { ResourceARN: arn('shop') })).toEqual({ Tags });
  await expect(call('cloudwatch', 'ListTagsForResource', { ResourceARN: arn('gone') })).rejects.toThrow(
    'does not exist',
  );
});

describe('evaluation', () => {
  test('a state that a person set is told, and put back and told by the next evaluation', async () => {
    const { alarms, told, begin, pass } = judged([alarm('shop')]);
    await begin();
    alarms.set({ AlarmName: 'shop', StateValue: 'ALARM', StateReason: 'set by a person' });
    await pass(2);
    expect(told.map(({ previousState, state }) => [previousState.value, state.value])).toEqual([
      ['OK', 'ALARM'],
      ['ALARM', 'OK'],
    ]);
  });

  test('a metric that vanishes makes it INSUFFICIENT_DATA where missing data is missing, and OK when it returns', async () => {
    const { metrics, told, begin, pass } = judged([alarm('shop', { TreatMissingData: 'missing' })]);
    await begin();
    metrics.lose('AWS/ECS', 'CPUUtilization');
    await pass(10);
    metrics.regain('AWS/ECS', 'CPUUtilization');
    await pass(5);
    expect(told.map(({ state }) => state.value)).toEqual(['INSUFFICIENT_DATA', 'OK']);
  });

  test.each([
    ['breaching', ['ALARM', 'OK']],
    ['notBreaching', []],
    ['ignore', []],
  ])(
    'where missing data is %s, a metric that vanishes on a healthy service comes to %j',
    async (TreatMissingData, states) => {
      const { metrics, told, begin, pass } = judged([alarm('shop', { TreatMissingData })]);
      await begin();
      metrics.lose('AWS/ECS', 'CPUUtilization');
      await pass(10);
      metrics.regain('AWS/ECS', 'CPUUtilization');
      await pass(6);
      expect(told.map(({ state }) => state.value)).toEqual(states);
    },
  );

  test.each([0, 45, 120, 180])(
    'a metric that is %i s late is judged, by an alarm of one period as well',
    async late => {
      const rules = [alarm('short', { EvaluationPeriods: 1 }), alarm('long', { EvaluationPeriods: 5 })];
      const { world, told, begin, pass } = judged(rules, late);
      await begin();
      expect(told).toEqual([]);
      world.cpu = 95;
      await pass(12);
      expect(told.map(({ alarmName, state }) => [alarmName, state.value])).toEqual([
        ['short', 'ALARM'],
        ['long', 'ALARM'],
      ]);
    },
  );
});

describe('an alarm on a sum', () => {
  const stat = (Id: string, MetricName: string) => ({
    ...{ Id, ReturnData: false },
    MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
  });
  const summed = (Expression: string, more = {}) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...{ AlarmName: 'lost', EvaluationPeriods: 1, Threshold: 1, TreatMissingData: 'notBreaching' },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Metrics: [{ Id: 'all', Expression }, stat('m0', 'Letters'), { ...stat('m1', 'Dropped'), ...more }],
    },
  });
  const SUM = 'SUM(METRICS())';

  test('counts a metric without a value as 0, and has none where no metric has one', async () => {
    const { begin, pass, metrics, told, find } = judged([summed(SUM) as never]);
    await begin();
    expect(told.filter(({ state }) => state.value === 'ALARM')).toEqual([]);
    metrics.put('Shop', 'Dropped', {}, 1);
    await pass(5);
    expect(told.map(({ state }) => state.value)).toEqual(['ALARM', 'OK']);
    expect(JSON.stringify(told)).not.toContain('statistic');
    const { MetricAlarms } = await find();
    expect(MetricAlarms[0]).toMatchObject({ AlarmName: 'lost', Metrics: [{ Expression: SUM }, {}, {}] });
    expect(MetricAlarms[0]).not.toHaveProperty('MetricName');
  });

  test.each([
    ['another expression', summed('m0 + m1')],
    ['a metric that it returns as well', summed(SUM, { ReturnData: true })],
    ['metrics of several periods', summed(SUM, { MetricStat: { ...stat('m1', 'Dropped').MetricStat, Period: 300 } })],
  ])('is refused with %s', (_, refused) => {
    expect(() => judged([refused as never])).toThrow('the alarm lost');
  });
});
