import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeServicesCommand, ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { receive } from '../../lambda/adapters/incidents.ts';
import { handler } from '../../lambda/functions/diagnose/handler.ts';
import { attempt, invoke, policyOf, signal, stored, useResponder } from '../support/responder.ts';
import { minute } from '../support/story.ts';

useResponder();
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
const rds = mockClient(RDSClient);
const logs = mockClient(CloudWatchLogsClient);

/** The latest minutes before `START`, as CloudWatch gives them. */
const series = (Id: string, ...Values: number[]) => ({
  ...{ Id, Values },
  Timestamps: Values.map((_, i) => new Date(minute(i - Values.length))),
});

beforeEach(async () => {
  for (const client of [cloudwatch, ecs, rds, logs]) client.reset();
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      series('connections', 900, 1700),
      series('readers', 600),
      series('requests', 1000),
      series('errors', 380),
      series('cpu', 71.6),
    ],
  });
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ desiredCount: 10, runningCount: 9, deployments: [{ rolloutState: 'COMPLETED' }] }],
  });
  ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [] });
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
  logs.on(FilterLogEventsCommand).resolves({
    events: [
      { message: 'ERROR request of ada@example.com: FATAL: remaining connection slots are reserved' },
      { message: 'FATAL: sorry, too many clients already' },
      { message: 'Error: timeout exceeded' },
    ],
  });
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  await receive(signal(), policyOf());
});

const LOGS = 'Logs: 3 error lines in 15 min, 2 of them "too many connections"';

const found = async () => (await stored()).findings.map(({ ok, summary }) => [ok, summary]);

it('investigates in the order of the runbook, and notes what the plan is judged by', async () => {
  await invoke(handler, attempt);
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com HTTP 503'],
    [
      false,
      'Metrics: 1700 of 1722 database connections (99 %), 600 on the readers (35 %), 38 % of requests fail, CPU 72 %',
    ],
    [false, 'ECS: 9 of 10 tasks running'],
    [true, 'Deployments: none in the last hour'],
    [false, LOGS],
    [true, 'Database: available, 2 members, writer writer-1'],
  ]);
  expect((await stored()).facts).toEqual({
    ...{
      affectedShare: 1,
      healthFailingShare: 1,
      databaseConnections: 1700,
      usersAffectedShare: 0.38,
      cpuPercent: 71.6,
    },
    ...{ desiredTasks: 10, runningTasks: 9, missingTasks: 1, databaseMembers: 2 },
    ...{ deploymentInProgress: 0, deploymentSuspect: 0, readerConnections: 600, errorLines: 3 },
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
    [null, 'deployments: could not be checked (AccessDeniedException)'],
    [false, LOGS],
    [null, 'database: could not be checked (Aurora cluster production: not found)'],
  ]);
  expect((await stored()).facts).toEqual({ affectedShare: 1, healthFailingShare: 1, errorLines: 3 });
});

it('a check that does not answer in time is a finding, and the rest goes on', async () => {
  const asked = Promise.withResolvers<void>();
  rds.on(DescribeDBClustersCommand).callsFake(() => {
    asked.resolve();
    return new Promise(() => undefined);
  });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const diagnosed = invoke(handler, attempt);
  await asked.promise;
  await vi.advanceTimersByTimeAsync(11_999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await diagnosed;
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com ECONNREFUSED'],
    [false, expect.stringMatching(/^Metrics: 1700 of 1722/)],
    [false, 'ECS: 9 of 10 tasks running'],
    [true, 'Deployments: none in the last hour'],
    [false, LOGS],
    [null, 'database: could not be checked (no answer in 12 s)'],
  ]);
});

describe('the logs', () => {
  const summary = async () => (await stored()).findings.find(({ check }) => check === 'logs')?.summary;

  it('of the last 15 minutes are counted, page by page, and no line is told', async () => {
    const page = { events: [{ message: 'ERROR user ada@example.com' }] };
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ ...page, nextToken: 'more' })
      .resolves(page);
    await invoke(handler, attempt);
    expect(await summary()).toBe('Logs: 2 error lines in 15 min, 2 of them "other"');
    expect(JSON.stringify(await stored())).not.toContain('ada@');
    const [first, second] = logs.commandCalls(FilterLogEventsCommand).map(({ args: [{ input }] }) => input);
    expect(first).toMatchObject({ logGroupName: '/ecs/production', startTime: Date.parse(minute(-15)), limit: 2000 });
    expect(second).toMatchObject({ nextToken: 'more', limit: 1999 });
  });

  it('in a storm are read no further than needed', async () => {
    const storm = { events: Array.from({ length: 2000 }, () => ({ message: 'too many clients' })), nextToken: 'more' };
    logs.on(FilterLogEventsCommand).resolves(storm);
    await invoke(handler, attempt);
    expect(await summary()).toBe('Logs: at least 2000 error lines in 15 min, 2000 of them "too many connections"');
    expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(1);
  });

  it('that do not exist are a finding', async () => {
    logs.on(FilterLogEventsCommand).rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
    await invoke(handler, attempt);
    expect(await summary()).toBe('logs: could not be checked (ResourceNotFoundException)');
  });
});
