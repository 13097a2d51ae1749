import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Resources } from '../../lambda/domain/diagnosis/resources.ts';
import { memory } from '../../lambda/investigation/checks/memory.ts';
import { DEPLOYED } from '../support/responder.ts';

const NOW = new Date('2026-04-07T10:00:00.000Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
const WATCHED = { high: 80, heapDump: 'backend', raisable: true };
const arn = (revision: number) => `arn:aws:ecs:us-east-1:123456789012:task-definition/backend:${revision}`;

const service = {
  ...{ taskDefinition: arn(42), launchType: 'FARGATE' as const },
  deploymentConfiguration: { minimumHealthyPercent: 100 },
  deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED' as const }],
};
const serves = (changes: object = {}) =>
  ecs.on(DescribeServicesCommand).resolves({ services: [{ ...service, ...changes }] });
const defines = (changes: object = {}) =>
  ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { cpu: '1024', memory: '4096', ...changes } });
const running = (...tasks: object[]) => tasksOf('RUNNING', tasks);
const stopped = (...tasks: object[]) => tasksOf('STOPPED', tasks);

function tasksOf(desiredStatus: 'RUNNING' | 'STOPPED', tasks: object[]): void {
  const taskArns = tasks.map((_, i) => `${desiredStatus}/${i}`);
  ecs.on(ListTasksCommand, { desiredStatus }).resolves({ taskArns });
  if (taskArns.length > 0) ecs.on(DescribeTasksCommand, { tasks: taskArns }).resolves({ tasks });
}

const uses = (value: (minutesAgo: number) => number) =>
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      {
        Id: 'memory',
        Values: Array.from({ length: 60 }, (_, i) => value(60 - i)),
        Timestamps: Array.from({ length: 60 }, (_, i) => ago(60 - i)),
      },
    ],
  });
const task = {
  enableExecuteCommand: true,
  containers: [{ name: 'backend', managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }] }],
};
const killed = {
  ...{ stoppedAt: ago(1), stopCode: 'EssentialContainerExited', startedBy: 'ecs-svc/1' },
  containers: [{ reason: 'OutOfMemoryError: Container killed due to memory usage' }],
};

beforeEach(() => {
  cloudwatch.reset();
  ecs.reset();
  serves();
  defines();
  running(task, task);
  stopped();
  uses(() => 90);
  ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [] });
});

const look = (watched: Resources['memory'] = WATCHED) => memory({ ...DEPLOYED.resources, memory: watched }, NOW);

it('the memory check has the use, the size, the stopped tasks, and the possible steps', async () => {
  stopped(killed);
  expect(await look()).toEqual({
    ok: false,
    summary:
      'Memory: 90 % of 4096 MiB, 1 tasks killed for want of it and 1 ended by themselves in 10 min, heap dump possible',
    facts: {
      ...{ memoryPercent: 90, oomKills: 1, taskRestarts: 1, taskMemory: 4096, taskRevision: 42 },
      ...{ heapDumpPossible: 1, tasksToRestart: 2, memoryRaisable: 1, climbBeganWithDeployment: 0 },
    },
    times: { memoryPercent: NOW.toISOString() },
  });
});

it('the memory check allows no restart or raise while memory is not short, though tasks end by themselves', async () => {
  uses(() => 40);
  stopped({ ...killed, containers: [] });
  const { ok, facts } = await look();
  expect(ok).toBe(false);
  expect(facts).toMatchObject({ oomKills: 0, taskRestarts: 1, tasksToRestart: 0, memoryRaisable: 0 });
  stopped(killed);
  expect((await look()).facts).toMatchObject({ oomKills: 1, tasksToRestart: 2, memoryRaisable: 1 });
});

describe('the memory check rules a step out and says why', () => {
  it.each<[string, () => void, Resources['memory'], string, string]>([
    [
      'no heap dump command',
      () => undefined,
      { ...WATCHED, heapDump: undefined },
      'heapDumpPossible',
      'no heap dump: not configured',
    ],
    [
      'ECS Exec off',
      () => running({ ...task, enableExecuteCommand: false }),
      WATCHED,
      'heapDumpPossible',
      'no heap dump: ECS Exec is off on its tasks',
    ],
    [
      'the ECS Exec agent not running',
      () => running({ ...task, containers: [{ name: 'backend', managedAgents: [] }] }),
      WATCHED,
      'heapDumpPossible',
      'no heap dump: the agent of ECS Exec is not running in its tasks',
    ],
    ['no running task', () => running(), WATCHED, 'tasksToRestart', 'no heap dump: no task is running'],
    [
      'too few healthy tasks allowed',
      () => serves({ deploymentConfiguration: { minimumHealthyPercent: 50 } }),
      WATCHED,
      'tasksToRestart',
      'no restart: its minimum healthy percent is 50, so tasks would be missing',
    ],
    [
      'a deployment in progress',
      () => serves({ deployments: [{ rolloutState: 'IN_PROGRESS' }] }),
      WATCHED,
      'tasksToRestart',
      'no restart: a deployment is under way or failed',
    ],
    [
      'somebody else deploying',
      () => serves({ deploymentController: { type: 'CODE_DEPLOY' } }),
      WATCHED,
      'tasksToRestart',
      'no restart: CODE_DEPLOY deploys the service',
    ],
    [
      'no task roles configured',
      () => undefined,
      { ...WATCHED, raisable: false },
      'memoryRaisable',
      'no more memory: the roles of the task are not configured',
    ],
    [
      'tasks on EC2',
      () => serves({ launchType: 'EC2' }),
      WATCHED,
      'memoryRaisable',
      'no more memory: its tasks are not sized by Fargate',
    ],
    [
      'a capacity provider of EC2',
      () => serves({ launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'fleet' }] }),
      WATCHED,
      'memoryRaisable',
      'no more memory: its tasks are not sized by Fargate',
    ],
    [
      'the largest Fargate size',
      () => defines({ cpu: '16384', memory: '122880' }),
      WATCHED,
      'memoryRaisable',
      'no more memory: Fargate gives no more',
    ],
  ])('with %s', async (_, prepare, watched, fact, words) => {
    prepare();
    const { summary, facts } = await look(watched);
    expect(summary).toContain(words);
    expect(facts).toMatchObject({ [fact]: 0 });
  });
});

it('the memory check attributes a climb to its deployment, and names the revision before it', async () => {
  uses(m => (m > 40 ? 40 : 40 + (40 - m)));
  const serviceDeploymentArn = 'deployment';
  ecs
    .on(ListServiceDeploymentsCommand)
    .resolves({ serviceDeployments: [{ serviceDeploymentArn, createdAt: ago(40) }] });
  ecs.on(DescribeServiceDeploymentsCommand).resolves({
    serviceDeployments: [
      { createdAt: ago(40), sourceServiceRevisions: [{ arn: 'a' }], targetServiceRevision: { arn: 'b' } },
    ],
  });
  ecs.on(DescribeServiceRevisionsCommand).resolves({
    serviceRevisions: [
      { serviceRevisionArn: 'a', taskDefinition: arn(41) },
      { serviceRevisionArn: 'b', taskDefinition: arn(42) },
    ],
  });
  const { summary, facts } = await look();
  expect(facts).toMatchObject({ climbBeganWithDeployment: 1, revisionBeforeClimb: 41 });
  expect(summary).toContain('climbing since the deployment of 09:20');
});

it('the memory check has no use without a metric, and counts only killed tasks', async () => {
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  const { summary, facts } = await look();
  expect(summary).toMatch(/^Memory: use not reported, 0 tasks killed/);
  expect(facts).not.toHaveProperty('memoryPercent');
  expect(facts).toMatchObject({ tasksToRestart: 0, memoryRaisable: 0 });
});
