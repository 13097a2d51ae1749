import { type Account, type Input, type Need, ServiceError, Unsupported } from 'embedded-aws';
import type { Revision } from '../deployments.ts';
import type { RunningTask, StoppedTask } from '../memory.ts';
import type { SimulatedService } from '../service.ts';

/** Fields that RegisterTaskDefinition accepts; ECS describes more, and refuses those. */
const REGISTERED = [
  ...['family', 'cpu', 'memory', 'networkMode', 'requiresCompatibilities', 'taskRoleArn', 'executionRoleArn'],
  ...['containerDefinitions', 'tags'],
];

/** ECS, as far as single tasks and task definitions go. */
export function provideEcsTasks(account: Account, { shape, memory, exec, deployments }: SimulatedService): void {
  const { cluster, ecsService } = shape;
  const arn = (resource: string) => `arn:aws:ecs:${account.region}:123456789012:${resource}`;
  const clusterArn = arn(`cluster/${cluster}`);
  const taskArn = ({ id }: RunningTask) => arn(`task/${cluster}/${id}`);
  const definitionArn = (revision: number) => arn(`task-definition/${ecsService}:${revision}`);
  const role = (name: string) => `arn:aws:iam::123456789012:role/${shape.cluster}-${name}`;

  const described = (task: RunningTask | StoppedTask) => ({
    taskArn: taskArn(task),
    clusterArn,
    taskDefinitionArn: definitionArn(task.revision),
    launchType: 'FARGATE',
    startedAt: new Date(task.startedAt),
    startedBy: `ecs-svc/${task.deployment}`,
    enableExecuteCommand: memory.exec,
    lastStatus: 'stoppedAt' in task ? 'STOPPED' : 'RUNNING',
    containers: [
      {
        name: ecsService,
        lastStatus: 'stoppedAt' in task ? 'STOPPED' : 'RUNNING',
        managedAgents: memory.exec ? [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }] : [],
        ...('reason' in task && { reason: task.reason, exitCode: 137 }),
      },
    ],
    ...('stoppedAt' in task && {
      stoppedAt: new Date(task.stoppedAt),
      stopCode: task.stopCode,
      stoppedReason: task.stoppedReason,
    }),
  });

  const definition = ({ number, cpu, memory: size }: Revision) => ({
    taskDefinitionArn: definitionArn(number),
    family: ecsService,
    revision: number,
    status: 'ACTIVE',
    cpu: String(cpu),
    memory: String(size),
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'FARGATE'],
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.task-iam-role' }],
    registeredAt: new Date(account.clock.now - 86_400_000),
    registeredBy: role('deployer'),
    taskRoleArn: role('task'),
    executionRoleArn: role('execution'),
    containerDefinitions: [
      { name: ecsService, image: 'backend:latest', essential: true, memory: size - 256 },
      { name: 'log-router', image: 'fluent-bit:latest', essential: true, memoryReservation: 128 },
    ],
  });

  const register = (input: Input): Revision => {
    const unknown = Object.keys(input).filter(field => !REGISTERED.includes(field));
    if (unknown.length > 0) throw new Unsupported('ecs:RegisterTaskDefinition', unknown.join());
    const limits = (input['containerDefinitions'] as Input[]).map(c => c['memory'] ?? c['memoryReservation'] ?? 0);
    if (limits.reduce((a, b) => a + b, 0) > Number(input['memory']))
      throw new ServiceError('ClientException', 'The containers have more memory than the task.');
    account.emit('service', { change: `a revision of ${ecsService} with ${input['memory']} MiB is registered` });
    return deployments.register(Number(input['cpu']), Number(input['memory']), input['tags']);
  };

  const tagging = (resource: string): Need => ({
    action: 'ecs:TagResource',
    resources: [resource],
    context: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
  });

  account.provide('ecs', {
    ListTasks: {
      resources: ({ cluster }) => [arn(`container-instance/${cluster}/*`)],
      context: input => ({ 'ecs:cluster': arn(`cluster/${input['cluster']}`) }),
      run: ({ serviceName, desiredStatus }) => {
        if (serviceName !== ecsService) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
        return { taskArns: (desiredStatus === 'STOPPED' ? memory.stopped : memory.running).slice(0, 100).map(taskArn) };
      },
    },
    DescribeTasks: {
      resources: ({ tasks }) => tasks,
      run: ({ tasks }) => ({
        tasks: [...memory.running, ...memory.stopped].filter(task => tasks.includes(taskArn(task))).map(described),
        failures: [],
      }),
    },
    DescribeTaskDefinition: {
      run: ({ taskDefinition }) => {
        const revision = deployments.revision(Number(String(taskDefinition).split(':').at(-1)));
        return { taskDefinition: definition(revision), tags: revision.tags ?? [{ key: 'team', value: 'web' }] };
      },
    },
    RegisterTaskDefinition: {
      resources: ({ family }) => [arn(`task-definition/${family}:*`)],
      needs: ({ family, tags, taskRoleArn, executionRoleArn }) => [
        {
          action: 'iam:PassRole',
          resources: [taskRoleArn, executionRoleArn],
          context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
        },
        ...(tags?.length ? [tagging(arn(`task-definition/${family}:*`))] : []),
      ],
      run: input => ({ taskDefinition: definition(register(input)) }),
    },
    ExecuteCommand: {
      resources: ({ task }) => [clusterArn, task],
      context: ({ container }) => ({ 'ecs:container-name': container }),
      run: ({ task, command }) => {
        if (!memory.exec || !memory.running.some(other => taskArn(other) === task))
          throw new ServiceError('TargetNotConnectedException', 'The execute command agent is not running.');
        return { session: { sessionId: 'ecs-execute-command', ...exec.begin(account.random.uuid(), command) } };
      },
    },
  });
}
