import { type Account, type Input, ServiceError } from '../../account/account.ts';
import type { Deployment } from '../deployments.ts';
import type { SimulatedService } from '../service.ts';

/** ECS, as far as the service's tasks and deployments go. */
export function provideEcs(account: Account, service: SimulatedService): void {
  const { shape, tasks, deployments } = service;
  const { cluster, ecsService } = shape;
  const arn = (resource: string) => `arn:aws:ecs:${account.region}:123456789012:${resource}`;
  const own = `${cluster}/${ecsService}`;
  const asked = (input: Input) => arn(`service/${input['cluster']}/${input['services']?.[0] ?? input['service']}`);
  const known = (input: Input) => asked(input) === arn(`service/${own}`);
  const requireKnown = (input: Input) => {
    if (!known(input)) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
  };
  const taskDefinition = (revision: number) => arn(`task-definition/${ecsService}:${revision}`);
  const revisionArn = (revision: number) => arn(`service-revision/${own}/${revision}`);
  const deploymentArn = ({ id }: Deployment) => arn(`service-deployment/${own}/${id}`);
  const described = (deployment: Deployment) => ({
    serviceDeploymentArn: deploymentArn(deployment),
    status: deployment.status,
    createdAt: new Date(deployment.createdAt),
    sourceServiceRevisions: [{ arn: revisionArn(deployment.source.number) }],
    targetServiceRevision: { arn: revisionArn(deployment.target.number) },
  });
  const last = (text: string) => text.split('/').at(-1) ?? '';

  const describe = () => ({
    serviceArn: arn(`service/${own}`),
    serviceName: ecsService,
    status: 'ACTIVE',
    taskDefinition: taskDefinition(deployments.wanted.number),
    desiredCount: tasks.desired,
    runningCount: tasks.running,
    pendingCount: Math.max(0, tasks.desired - tasks.running),
    launchType: 'FARGATE',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    deployments: [
      {
        id: `ecs-svc/${deployments.latest?.id}`,
        status: 'PRIMARY',
        rolloutState: deployments.underWay ? 'IN_PROGRESS' : 'COMPLETED',
        failedTasks: 0,
        taskDefinition: taskDefinition(deployments.wanted.number),
        desiredCount: tasks.desired,
        runningCount: tasks.running,
      },
    ],
  });

  account.provide('ecs', {
    DescribeServices: {
      resources: input => [asked(input)],
      run: input =>
        known(input)
          ? { services: [describe()], failures: [] }
          : { services: [], failures: [{ arn: asked(input), reason: 'MISSING' }] },
    },
    UpdateService: {
      resources: input => [asked(input)],
      run: input => {
        requireKnown(input);
        const { desiredCount, taskDefinition: wanted, forceNewDeployment = false } = input;
        if (desiredCount !== undefined) {
          tasks.desired = desiredCount;
          account.emit('service', { change: `${ecsService} is to run ${tasks.desired} tasks` });
        }
        if (wanted !== undefined) {
          deployments.begin(Number(String(wanted).split(':').at(-1)));
          account.emit('service', { change: `${ecsService} is to run ${last(wanted)}` });
        }
        if (wanted === undefined && forceNewDeployment) {
          deployments.begin(deployments.wanted.number, true);
          account.emit('service', { change: `the tasks of ${ecsService} are replaced, one by one` });
        }
        return { service: describe() };
      },
    },
    ListServiceDeployments: {
      resources: input => [asked(input)],
      run: input => {
        requireKnown(input);
        const after = input['createdAt']?.after === undefined ? 0 : new Date(input['createdAt'].after).getTime();
        const found = deployments.history.filter(({ createdAt }) => createdAt >= after);
        return { serviceDeployments: found.slice(0, input['maxResults'] ?? 20).map(described) };
      },
    },
    DescribeServiceDeployments: {
      resources: ({ serviceDeploymentArns }) => serviceDeploymentArns,
      run: ({ serviceDeploymentArns }) => ({
        serviceDeployments: deployments.history
          .filter(deployment => serviceDeploymentArns.includes(deploymentArn(deployment)))
          .map(described),
        failures: [],
      }),
    },
    DescribeServiceRevisions: {
      resources: ({ serviceRevisionArns }) => serviceRevisionArns,
      run: ({ serviceRevisionArns }) => ({
        serviceRevisions: (serviceRevisionArns as string[]).map(serviceRevisionArn => ({
          serviceRevisionArn,
          taskDefinition: taskDefinition(Number(last(serviceRevisionArn))),
        })),
        failures: [],
      }),
    },
    StopServiceDeployment: {
      resources: ({ serviceDeploymentArn }) => [serviceDeploymentArn],
      run: ({ serviceDeploymentArn, stopType }) => {
        if (stopType !== 'ROLLBACK')
          throw new ServiceError('InvalidParameterException', `stopType ${stopType} is not simulated`);
        deployments.rollBack(last(serviceDeploymentArn));
        account.emit('service', { change: `the deployment of ${ecsService} is stopped and rolled back` });
        return { serviceDeploymentArn };
      },
    },
  });
}
