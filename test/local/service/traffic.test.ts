import { expect, test } from 'vitest';
import { embeddedService } from '../../support/embedded-service.ts';

const MINUTE = 60_000;

function balanced(seed = 1) {
  const embedded = embeddedService(seed);
  const { metrics, clock } = embedded;
  const start = clock.now;
  const dimensions = [{ Name: 'LoadBalancer', Value: 'app/shop/1' }];
  /** The sum of each whole minute since the beginning; undefined without a datapoint. */
  const minutes = (name: string, statistic = 'Sum') =>
    Array.from({ length: Math.floor((clock.now - start) / MINUTE) }, (_, i) =>
      metrics.datapoint(
        { namespace: 'AWS/ApplicationELB', name, dimensions, statistic, period: 60 },
        start + i * MINUTE,
      ),
    );
  return { ...embedded, minutes };
}

test('the load balancer reports its metrics only while requests flow', async () => {
  const { service, clock, pass, minutes } = balanced();
  await clock.run(2 * MINUTE - 1, () => false);
  service.requestsPerSecond = 0;
  await pass(3);
  await clock.run(1, () => false);
  const requests = minutes('RequestCount');
  expect(requests.map(value => value !== undefined)).toEqual([true, true, false, false, false]);
  expect(minutes('TargetResponseTime', 'Average').map(value => value !== undefined)).toEqual(
    requests.map(value => value !== undefined),
  );
});

test('a count of errors is reported only where it is not zero', async () => {
  const { service, pass, minutes } = balanced();
  await pass(2);
  expect(minutes('HTTPCode_Target_5XX_Count')).toEqual([undefined, undefined]);
  service.deployments.wanted.errorShare = 0.4;
  await pass(2);
  expect(
    minutes('HTTPCode_Target_5XX_Count')
      .slice(2)
      .every(count => (count ?? 0) > 0),
  ).toBe(true);
});

test('requests for which no target can be chosen are not in RequestCount, but in HTTPCode_ELB_5XX_Count', async () => {
  const { service, pass, minutes } = balanced();
  service.tasks.start = false;
  service.tasks.running = 0;
  await pass(3);
  expect(minutes('RequestCount')).toEqual([undefined, undefined, undefined]);
  expect(minutes('HTTPCode_Target_5XX_Count')).toEqual([undefined, undefined, undefined]);
  expect(minutes('TargetResponseTime', 'Average')).toEqual([undefined, undefined, undefined]);
  expect(minutes('HTTPCode_ELB_5XX_Count').every(count => (count ?? 0) > 6000)).toBe(true);
});

test('one request in twenty minutes is one at a time, by chance, and fails or does not', async () => {
  const counts = await Promise.all(
    Array.from({ length: 12 }, async (_, seed) => {
      const { service, pass, minutes } = balanced(seed);
      service.requestsPerSecond = 1 / 1200;
      service.deployments.wanted.errorShare = 0.5;
      await pass(120);
      const sum = (name: string) => minutes(name).reduce((a = 0, b = 0) => a + b, 0) ?? 0;
      return {
        requests: sum('RequestCount'),
        failed: sum('HTTPCode_Target_5XX_Count'),
        minutes: minutes('RequestCount'),
      };
    }),
  );
  expect(
    counts.flatMap(({ minutes }) => minutes).every(count => count === undefined || (count > 0 && count <= 2)),
  ).toBe(true);
  const total = counts.reduce((sum, { requests }) => sum + requests, 0);
  const failed = counts.reduce((sum, { failed }) => sum + failed, 0);
  expect(total).toBeGreaterThan(40);
  expect(total).toBeLessThan(110);
  expect(failed).toBeGreaterThan(total * 0.2);
  expect(failed).toBeLessThan(total * 0.8);
});
