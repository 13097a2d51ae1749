import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import type { Measure } from '../../lambda/domain/incident/policy.ts';
import { measures } from '../../lambda/investigation/checks/measures.ts';

const NOW = new Date('2026-04-07T10:00:30.000Z');
const cpu: Measure = {
  fact: 'cacheCpu',
  label: 'engine CPU',
  unit: 'percent',
  metric: {
    namespace: 'AWS/ElastiCache',
    name: 'EngineCPUUtilization',
    dimensions: {},
    statistic: 'Average',
    period: 60,
  },
  bad: { atLeast: 90 },
};

const read = (minutesAgo: number) => {
  mockClient(CloudWatchClient)
    .on(GetMetricDataCommand)
    .resolves({
      MetricDataResults: [{ Id: 'm0', Timestamps: [new Date(NOW.getTime() - minutesAgo * 60_000)], Values: [97] }],
    });
  return measures('Redis', [cpu], NOW);
};

it('a measure is the latest value, and an old value is no fact', async () => {
  expect(await read(3)).toEqual({
    ...{ ok: false, summary: 'Redis: engine CPU 97 %' },
    ...{ facts: { cacheCpu: 97 }, times: { cacheCpu: '2026-04-07T09:58:30.000Z' } },
  });
  expect(await read(7)).toEqual({
    ...{ ok: true, summary: 'Redis: engine CPU not reported since 09:54', facts: {}, times: {} },
  });
});
