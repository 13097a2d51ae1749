import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { receive } from '../../lambda/adapters/incidents.ts';
import { handler } from '../../lambda/functions/diagnose/handler.ts';
import { attempt, invoke, policyOf, signal, stored, useResponder } from '../support/responder.ts';

useResponder();
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
const rds = mockClient(RDSClient);

beforeEach(async () => {
  for (const client of [cloudwatch, ecs, rds]) client.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      { Id: 'connections', Values: [900, 1700] },
      { Id: 'requests', Values: [1000] },
      { Id: 'errors', Values: [380] },
      { Id: 'cpu', Values: [71.6] },
    ],
  });
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ desiredCount: 10, runningCount: 9, deployments: [{ rolloutState: 'COMPLETED' }] }],
  });
  rds.on(DescribeDBClustersCommand).resolves({
    DBClusters: [
      {
        Status: 'available',
        DBClusterMembers: [
          { DBInstanceIdentifier: 'writer-1', IsClusterWriter: true },
          { DBInstanceIdentifier: 'reader-1' },
        ],
        HttpEndpointEnabled: true,
      },
    ],
  });
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  await receive(signal(), policyOf());
});

const found = async () => (await stored()).findings.map(({ ok, summary }) => [ok, summary]);

it('investigates in the order of the runbook, and notes what the plan is judged by', async () => {
  await invoke(handler, attempt);
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com HTTP 503'],
    [false, 'Metrics: 1700 of 1722 database connections (99 %), 38 % of requests fail, CPU 72 %'],
    [false, 'ECS: 9 of 10 tasks running'],
    [true, 'Database: available, 2 members, writer writer-1'],
  ]);
  expect((await stored()).facts).toEqual({
    ...{ healthFailingShare: 1, databaseConnections: 1700, usersAffectedShare: 0.38, cpuPercent: 71.6 },
    ...{ desiredTasks: 10, runningTasks: 9, databaseMembers: 2 },
  });
});

it('a check that is denied or that finds nothing there is a finding, and the rest goes on', async () => {
  const denied = Object.assign(new Error('User is not authorized to perform: ecs:DescribeServices'), {
    name: 'AccessDeniedException',
  });
  ecs.on(DescribeServicesCommand).rejects(denied);
  rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [] });
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  await invoke(handler, attempt);
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com HTTP 503'],
    [true, 'Metrics: no database connections reported, no requests counted'],
    [null, 'ECS service: could not be checked (AccessDeniedException)'],
    [null, 'database: could not be checked (Aurora cluster production: not found)'],
  ]);
  expect((await stored()).facts).toEqual({ healthFailingShare: 1 });
});

it('a check that does not answer in time is a finding, and the rest goes on', async () => {
  rds.on(DescribeDBClustersCommand).callsFake(() => new Promise(() => undefined));
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const diagnosed = invoke(handler, attempt);
  await vi.advanceTimersByTimeAsync(11_999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await diagnosed;
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com ECONNREFUSED'],
    [false, expect.stringMatching(/^Metrics: 1700 of 1722/)],
    [false, 'ECS: 9 of 10 tasks running'],
    [null, 'database: could not be checked (no answer in 12 s)'],
  ]);
});
