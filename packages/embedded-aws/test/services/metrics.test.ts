import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latenessOf } from '../../src/faults.ts';
import { Random } from '../../src/random.ts';
import { Metrics } from '../../src/services/cloudwatch/metrics.ts';
import { Undocumented } from '../../src/undocumented.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const MINUTE = 60_000;
const CPU = { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: [], statistic: 'Average', period: 60 };
const seconds = (n: number) => ({ namespace: () => n * 1000 });

/** A value of `minute` every ten seconds, for so many minutes, and the account in which that is measured. */
async function measured(minutes: number, late: number, namespace = 'AWS/ECS') {
  const embedded = embeddedAccount();
  const { clock } = embedded;
  const metrics = new Metrics(embedded.account, seconds(late).namespace);
  const start = clock.now;
  clock.every(10_000, () => metrics.put(namespace, 'CPUUtilization', {}, Math.floor((clock.now - start) / MINUTE)));
  await clock.run(minutes * MINUTE - 1, () => false);
  const read = (from = start) =>
    embedded
      .call('cloudwatch', 'GetMetricData', {
        StartTime: new Date(from),
        EndTime: new Date(clock.now),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          {
            Id: 'a',
            MetricStat: { Metric: { Namespace: namespace, MetricName: 'CPUUtilization' }, Period: 60, Stat: 'Average' },
          },
        ],
      })
      .then(({ MetricDataResults: [{ Timestamps, Values }] }) =>
        (Values as number[]).map((v, i) => [(Timestamps[i].getTime() - start) / MINUTE, v]),
      );
  return { ...embedded, metrics, start, read };
}

test('GetMetricData answers the period that is still running, by what there is of it', async () => {
  const { clock, read } = await measured(3, 0);
  await clock.run(30_000, () => false);
  expect(await read()).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test('a service that reports late shows whole minutes, each so much later, and never a part of one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 180 }), async late => {
      const { clock, start, read } = await measured(8, late);
      const elapsed = (clock.now - start) / 1000;
      const whole = Math.floor((elapsed - late) / 60);
      expect(await read()).toEqual(Array.from({ length: Math.max(0, whole) }, (_, i) => [i, i]));
    }),
    { numRuns: 20 },
  );
});

test('how late a namespace is the seed decides, from 0 to as many seconds as the world allows', () => {
  const namespaces = ['AWS/ECS', 'AWS/RDS', 'AWS/ApplicationELB', 'AWS/ElastiCache'];
  const of = (seed: number) => {
    const late = latenessOf({ lateMetrics: 180 }, new Random(seed), new Undocumented());
    return [...namespaces, ...namespaces].map(late);
  };
  fc.assert(
    fc.property(fc.nat(), seed => {
      const drawn = of(seed);
      expect(of(seed)).toEqual(drawn);
      expect(drawn.slice(4)).toEqual(drawn.slice(0, 4));
      expect(drawn.every(ms => ms >= 0 && ms <= 180_000)).toBe(true);
    }),
  );
  expect(new Set(Array.from({ length: 20 }, (_, seed) => of(seed)[0])).size).toBeGreaterThan(5);
  expect(namespaces.map(latenessOf({}, new Random(1), new Undocumented()))).toEqual([0, 0, 0, 0]);
});

test('a metric that vanishes is not reported until it returns, and what was not reported stays unknown', async () => {
  const { clock, metrics, read } = await measured(2, 0);
  metrics.lose('AWS/ECS', 'CPUUtilization');
  await clock.run(2 * MINUTE, () => false);
  metrics.regain('AWS/ECS', 'CPUUtilization');
  await clock.run(2 * MINUTE, () => false);
  expect((await read()).map(([minute]) => minute)).toEqual([0, 1, 4, 5]);
});

test('it vanishes by the dimensions that are named, and no other does', () => {
  const { account } = embeddedAccount();
  const metrics = new Metrics(account);
  metrics.lose('AWS/RDS', 'DatabaseConnections', { Role: 'WRITER' });
  const put = (dimensions: Record<string, string>) => {
    metrics.put('AWS/RDS', 'DatabaseConnections', dimensions, 1);
    return metrics.valuesOf('AWS/RDS', 'DatabaseConnections', dimensions).length;
  };
  expect(put({ Cluster: 'a', Role: 'WRITER' })).toBe(0);
  expect(put({ Cluster: 'a', Role: 'READER' })).toBe(1);
  metrics.put('AWS/RDS', 'CPUUtilization', { Role: 'WRITER' }, 1);
  expect(
    metrics.datapoint(
      { ...CPU, namespace: 'AWS/RDS', dimensions: [{ Name: 'Role', Value: 'WRITER' }] },
      account.clock.now,
    ),
  ).toBe(1);
});
