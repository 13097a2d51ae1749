import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AwsIssue } from '../../lambda/domain/incident/aws-issues.ts';
import { handler } from '../../lambda/functions/diagnose/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { noteAwsIssues } from '../../lambda/store/aws-issues.ts';
import { attempt, invoke, policyOf, signal, stored, useResponder } from '../support/responder.ts';
import { minute } from '../support/story.ts';

const table = useResponder();
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
const rds = mockClient(RDSClient);
const scaling = mockClient(ApplicationAutoScalingClient);
const logs = mockClient(CloudWatchLogsClient);

/** The latest minutes before `START`, as CloudWatch gives them. */
const series = (Id: string, ...Values: number[]) => ({
  ...{ Id, Values },
  Timestamps: Values.map((_, i) => new Date(minute(i - Values.length))),
});

const SERVICE = { status: 'ACTIVE', taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/backend:42' };

beforeEach(async () => {
  for (const client of [cloudwatch, ecs, rds, scaling, logs]) client.reset();
  scaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      series('connections', 900, 1700),
      series('readers', 600),
      series('requests', 1000, 990, 990, 990),
      series('errors', 380, 0, 0, 0),
      series('seconds', 1.234, 0, 0, 0),
      series('cpu', 71.6),
    ],
  });
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ ...SERVICE, desiredCount: 10, runningCount: 9, deployments: [{ rolloutState: 'COMPLETED' }] }],
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

const SERVICE_MISSING = 'ECS: there is no service backend in cluster production';
const LOGS = 'Logs: 3 error lines in 15 min, 2 of them "too many connections"';

const found = async () => (await stored()).findings.map(({ ok, summary }) => [ok, summary]);

it('the diagnosis checks in the order of the runbook, and records the facts for the plan', async () => {
  await invoke(handler, attempt);
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com HTTP 503'],
    [
      false,
      'Metrics: 1,700 of 1,722 database connections (99 %), 600 on the readers (35 %), 38 % of requests fail, answers take 1.23 s, CPU 72 %',
    ],
    [false, 'ECS: 9 of 10 tasks running'],
    [true, 'Deployments: none in the last hour'],
    [false, LOGS],
    [true, 'Database: available, 2 members, writer writer-1'],
    [true, 'AWS Health: no open issue has been reported'],
  ]);
  expect((await stored()).facts).toEqual({
    healthSeconds: expect.any(Number),
    ...{ affectedShare: 1, healthFailingShare: 1, databaseConnections: 1700, databaseConnectionsShare: 1700 / 1722 },
    ...{ usersAffectedShare: 0.38, responseSeconds: 1.234, cpuPercent: 71.6 },
    ...{ serviceExists: 1, desiredTasks: 10, runningTasks: 9, missingTasks: 1, rollingUpdates: 1 },
    ...{ scalingMinimum: 0, scalingMaximum: 5000, scalingSuspended: 0, databaseExists: 1, databaseMembers: 2 },
    ...{ deploymentInProgress: 0, deploymentSuspect: 0, readerConnections: 600, errorLines: 3, openAwsIssues: 0 },
  });
});

it('a check that is denied or finds nothing is a finding, and the others go on', async () => {
  const denied = Object.assign(new Error('User is not authorized to perform: ecs:DescribeServices'), {
    name: 'AccessDeniedException',
  });
  ecs.on(DescribeServicesCommand).rejects(denied);
  rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [] });
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  await invoke(handler, attempt);
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com HTTP 503'],
    [null, 'Metrics: database connections not reported, too few requests to judge, CPU not reported'],
    [null, 'ECS service: could not be checked (AccessDeniedException)'],
    [null, 'deployments: could not be checked (AccessDeniedException)'],
    [false, LOGS],
    [false, 'Database: there is no cluster production'],
    [true, 'AWS Health: no open issue has been reported'],
  ]);
  expect((await stored()).facts).toEqual({
    ...{
      affectedShare: 1,
      healthFailingShare: 1,
      healthSeconds: expect.any(Number),
      errorLines: 3,
      databaseExists: 0,
      openAwsIssues: 0,
    },
  });
});

it('the diagnosis records when each fact was measured, and names the objects', async () => {
  await invoke(handler, attempt);
  const { findings } = await stored();
  const of = (name: string) => findings.find(({ check }) => check === name);
  for (const { check, at } of findings) expect(at, check).toBe(minute(0));
  expect(of('metrics')?.times).toEqual({
    ...{ databaseConnections: minute(0), databaseConnectionsShare: minute(0), readerConnections: minute(0) },
    ...{ usersAffectedShare: minute(-3), responseSeconds: minute(-3), cpuPercent: minute(0) },
  });
  expect(of('ECS service')?.objects).toEqual({ taskDefinition: SERVICE.taskDefinition });
  expect(of('database')?.objects).toEqual({ databaseWriter: 'writer-1' });
  expect(of('deployments')?.objects).toBeUndefined();
});

it('an old value is no fact, and the finding says since when there is none', async () => {
  const old = (Id: string) => ({ Id, Values: [1700], Timestamps: [new Date(minute(-7))] });
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [old('connections'), old('readers'), old('cpu')] });
  await invoke(handler, attempt);
  const metrics = (await stored()).findings.find(({ check }) => check === 'metrics');
  expect(metrics).toMatchObject({ ok: null, facts: {}, times: {} });
  expect(metrics?.summary).toBe(
    'Metrics: database connections not reported since 09:24, of the readers not reported since 09:24, ' +
      'too few requests to judge, CPU not reported since 09:24',
  );
});

describe('the check of the ECS service', () => {
  const look = async () => {
    await invoke(handler, attempt);
    return (await stored()).findings.find(({ check }) => check === 'ECS service');
  };
  const serves = (changes: object) =>
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...SERVICE, ...changes }] });

  it.each<[string, () => unknown, string]>([
    ['MISSING', () => ecs.on(DescribeServicesCommand).resolves({ failures: [{ reason: 'MISSING' }] }), SERVICE_MISSING],
    ['INACTIVE', () => serves({ status: 'INACTIVE' }), SERVICE_MISSING],
    [
      'in no cluster',
      () => ecs.on(DescribeServicesCommand).rejects(new ClusterNotFoundException({ message: 'no', $metadata: {} })),
      'ECS: there is no cluster production',
    ],
  ])('names a service that does not exist: %s', async (_, prepare, summary) => {
    prepare();
    expect(await look()).toMatchObject({ ok: false, summary, facts: { serviceExists: 0 } });
  });

  it.each([
    ['deployed by CODE_DEPLOY', { deploymentController: { type: 'CODE_DEPLOY' } }, 0],
    ['deployed by BLUE_GREEN', { deploymentConfiguration: { strategy: 'BLUE_GREEN' } }, 0],
    ['10 tasks', { deploymentController: { type: 'ECS' }, deploymentConfiguration: { strategy: 'ROLLING' } }, 1],
  ])('recognises rolling updates: %s', async (words, changes, rollingUpdates) => {
    serves({ ...changes, desiredCount: 10, runningCount: 10 });
    const found = await look();
    expect(found?.facts).toMatchObject({ rollingUpdates });
    expect(found?.summary).toContain(words);
  });

  it('has the bounds of auto scaling, and whether it is suspended', async () => {
    const target = { MinCapacity: 4, MaxCapacity: 20, SuspendedState: { ScheduledScalingSuspended: true } };
    scaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [target as never] });
    const found = await look();
    expect(found?.facts).toMatchObject({ scalingMinimum: 4, scalingMaximum: 20, scalingSuspended: 1 });
    expect(found?.summary).toBe('ECS: 9 of 10 tasks running, scaled between 4 and 20, suspended');
    expect(scaling.commandCalls(DescribeScalableTargetsCommand)[0]?.args[0].input).toEqual({
      ...{ ServiceNamespace: 'ecs', ResourceIds: ['service/production/backend'] },
      ScalableDimension: 'ecs:service:DesiredCount',
    });
  });

  it('counts tasks when auto scaling cannot be read, and has no bounds then', async () => {
    scaling.on(DescribeScalableTargetsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    const found = await look();
    expect(found?.summary).toBe('ECS: 9 of 10 tasks running, its auto scaling could not be read (AccessDenied)');
    expect(found?.facts).toMatchObject({ runningTasks: 9 });
    expect(Object.keys(found?.facts ?? {}).filter(fact => fact.startsWith('scaling'))).toEqual([]);
  });
});

it('a check that does not answer in 12 seconds is a finding, and the others go on', async () => {
  const asked = Promise.withResolvers<void>();
  rds.on(DescribeDBClustersCommand).callsFake(() => {
    asked.resolve();
    return new Promise(() => undefined);
  });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: new Date(minute(0)) });
  const diagnosed = invoke(handler, attempt);
  await asked.promise;
  await vi.advanceTimersByTimeAsync(11_999);
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await diagnosed;
  expect(await found()).toEqual([
    [false, 'Health: mockupaws.com ECONNREFUSED'],
    [false, expect.stringMatching(/^Metrics: 1,700 of 1,722/)],
    [false, 'ECS: 9 of 10 tasks running'],
    [true, 'Deployments: none in the last hour'],
    [false, LOGS],
    [null, 'database: could not be checked (no answer in 12 s)'],
    [true, 'AWS Health: no open issue has been reported'],
  ]);
});

describe('the check of the logs', () => {
  const summary = async () => (await stored()).findings.find(({ check }) => check === 'logs')?.summary;

  it('counts the last 15 minutes page by page, and stores no line', async () => {
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

  it('stops reading a storm of errors at 2000 lines', async () => {
    const storm = { events: Array.from({ length: 2000 }, () => ({ message: 'too many clients' })), nextToken: 'more' };
    logs.on(FilterLogEventsCommand).resolves(storm);
    await invoke(handler, attempt);
    expect(await summary()).toBe('Logs: at least 2,000 error lines in 15 min, 2,000 of them "too many connections"');
    expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(1);
  });

  it('is a finding when the log group does not exist', async () => {
    logs.on(FilterLogEventsCommand).rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
    await invoke(handler, attempt);
    expect(await summary()).toBe('logs: could not be checked (ResourceNotFoundException)');
  });
});

describe('issues of AWS', () => {
  const issue: AwsIssue = {
    ...{ arn: 'arn:aws:health:us-east-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/1', service: 'RDS', open: true },
    ...{ code: 'AWS_RDS_OPERATIONAL_ISSUE', startedAt: minute(-60), updatedAt: minute(-5) },
  };
  const AWS = 'AWS Health: open issue of RDS since 2026-04-07 08:30 UTC, updated 09:25 UTC (AWS_RDS_OPERATIONAL_ISSUE)';

  it('are a finding with their times as long as they are open, and are a fact', async () => {
    await noteAwsIssues('mockupaws-production', [issue, { ...issue, arn: 'over', open: false }], minute(0));
    await invoke(handler, attempt);
    const { findings, facts } = await stored();
    expect(findings.at(-1)).toEqual({
      ...{ check: 'AWS Health', ok: false, summary: AWS, facts: { openAwsIssues: 1 }, at: minute(0) },
    });
    expect(facts['openAwsIssues']).toBe(1);
  });

  it('that cannot be read are a finding too', async () => {
    const { send } = table;
    table.send = command =>
      JSON.stringify(command.input).includes('aws-issues/') ? Promise.reject(new Error('away')) : send(command);
    await invoke(handler, attempt);
    const { findings, facts } = await stored();
    expect(findings.at(-1)).toMatchObject({ ok: null, summary: 'AWS Health: could not be checked (away)' });
    expect(facts['openAwsIssues']).toBeUndefined();
  });
});
