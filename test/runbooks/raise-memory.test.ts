import {
  ClientException,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/runbooks/raise-memory/handler.ts';
import { invoke, useSilence } from '../support/responder.ts';

/** The pause before a change has no meaning here. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const ecs = mockClient(ECSClient);
const arn = (revision: number) => `arn:aws:ecs:us-east-1:123456789012:task-definition/backend:${revision}`;
const definition = {
  ...{ taskDefinitionArn: arn(41), revision: 41, status: 'ACTIVE' as const, registeredBy: 'somebody' },
  ...{ family: 'backend', cpu: '1024', memory: '8192', taskRoleArn: 'arn:aws:iam::123456789012:role/task' },
  containerDefinitions: [
    { name: 'backend', memory: 8000 },
    { name: 'log', memoryReservation: 100 },
  ],
};

const SERVICE = { status: 'ACTIVE', taskDefinition: arn(41), deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY' }] };

useSilence();
beforeEach(() => {
  ecs.reset();
  ecs.on(DescribeServicesCommand).resolves({ services: [SERVICE] });
  ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: definition, tags: [{ key: 'team', value: 'web' }] });
  ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: arn(42) } });
  ecs.on(UpdateServiceCommand).resolves({ service: { deployments: [{ id: 'ecs-svc/2', status: 'PRIMARY' }] } });
});

const run = (revision: string, more: object = {}) =>
  invoke(handler, {
    dryRun: 'false',
    cluster: 'production',
    service: 'backend',
    revision,
    taskDefinition: '',
    ...more,
  });
const inputs = (command: Parameters<typeof ecs.commandCalls>[0]) =>
  ecs.commandCalls(command).map(({ args: [{ input }] }) => input);

it('raising memory registers the next size, with limits of containers and tags, and deploys it', async () => {
  const what = 'backend is given 9216 MiB in place of 8192, with 2048 CPU units: backend:41 → backend:42.';
  expect(await run('next')).toEqual({
    ...{ verdict: 'done', reason: '', changed: [what], message: what },
    ...{ waiting: 'true', deployment: 'ecs-svc/2', former: 'ecs-svc/1' },
  });
  expect(inputs(RegisterTaskDefinitionCommand)).toEqual([
    {
      ...{ family: 'backend', cpu: '2048', memory: '9216', taskRoleArn: definition.taskRoleArn },
      containerDefinitions: [
        { name: 'backend', memory: 9000 },
        { name: 'log', memoryReservation: 112 },
      ],
      tags: [
        { key: 'team', value: 'web' },
        { key: 'incident-response:raised-from', value: 'backend:41' },
      ],
    },
  ]);
  expect(inputs(UpdateServiceCommand)).toEqual([
    { cluster: 'production', service: 'backend', taskDefinition: arn(42) },
  ]);
});

it('a dry run names the next size and changes nothing', async () => {
  const { message } = await run('next', { dryRun: 'true' });
  expect(message).toBe(
    'Dry run: backend, which runs backend:41, would be given 9216 MiB in place of 8192, with 2048 CPU units.',
  );
  expect([...inputs(RegisterTaskDefinitionCommand), ...inputs(UpdateServiceCommand)]).toEqual([]);
});

it('reverting returns to an existing revision and registers none', async () => {
  expect(await run('39')).toMatchObject({
    verdict: 'done',
    waiting: 'true',
    message: expect.stringMatching(/backend:39\.$/),
  });
  expect(inputs(RegisterTaskDefinitionCommand)).toEqual([]);
  expect(inputs(UpdateServiceCommand)).toMatchObject([{ taskDefinition: arn(39) }]);
});

it('a version that a person deploys in the same moment is deployed again', async () => {
  const deployments = [
    { id: 'ecs-svc/3', status: 'PRIMARY', taskDefinition: arn(43) },
    { id: 'ecs-svc/2', status: 'ACTIVE', taskDefinition: arn(42) },
    { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: arn(41) },
  ];
  ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: arn(43) } });
  ecs.on(UpdateServiceCommand).resolves({ service: { deployments } });
  expect(await run('next')).toMatchObject({
    ...{ verdict: 'failed', reason: 'backend:42 was deployed at the same moment, and is deployed again' },
    waiting: 'false',
  });
  expect(inputs(UpdateServiceCommand)).toMatchObject([{ taskDefinition: arn(43) }, { taskDefinition: arn(42) }]);
});

it('a version that ECS refuses changes nothing', async () => {
  const inactive = new ClientException({ message: 'TaskDefinition is inactive', $metadata: {} });
  ecs.on(UpdateServiceCommand).rejects(inactive);
  expect(await run('39')).toMatchObject({
    ...{ verdict: 'unchanged', reason: 'ECS refused it: TaskDefinition is inactive', changed: [] },
  });
});

it('raising memory again does nothing, and replaces no task', async () => {
  expect(await run('41')).toMatchObject({ verdict: 'done', waiting: 'false', changed: [] });
  expect(inputs(UpdateServiceCommand)).toEqual([]);
});

it.each<[string, object, string, string]>([
  ['a task without a Fargate size', { cpu: undefined, memory: undefined }, 'next', 'has no size of Fargate'],
  ['the largest task', { cpu: '16384', memory: '122880' }, 'next', 'the most that Fargate gives'],
  ['a deregistered revision', { status: 'INACTIVE' }, '39', 'backend:39 is INACTIVE: it cannot run'],
])('raising memory of %s is refused, and nothing is changed', async (_, changes, revision, error) => {
  ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { ...definition, ...changes } });
  expect(await run(revision)).toMatchObject({
    verdict: 'unchanged',
    reason: expect.stringContaining(error),
    changed: [],
  });
  expect([...inputs(RegisterTaskDefinitionCommand), ...inputs(UpdateServiceCommand)]).toEqual([]);
});

it.each<[string, object, object, string]>([
  ['another version', {}, { taskDefinition: 'backend:40' }, 'it runs backend:41 by now, not backend:40'],
  ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, {}, 'those of the controller CODE_DEPLOY'],
  ['blue/green', { deploymentConfiguration: { strategy: 'BLUE_GREEN' } }, {}, 'are BLUE_GREEN, not rolling ones'],
])('a service with %s is refused, and nothing is changed', async (_, changes, given, reason) => {
  ecs.on(DescribeServicesCommand).resolves({ services: [{ ...SERVICE, ...changes }] });
  expect(await run('next', given)).toMatchObject({ verdict: 'unchanged', reason: expect.stringContaining(reason) });
  expect([...inputs(RegisterTaskDefinitionCommand), ...inputs(UpdateServiceCommand)]).toEqual([]);
});
