import { type Account, type Input, ServiceError } from '../../account/account.ts';
import type { SimulatedService } from '../service.ts';

/** ECS and Application Auto Scaling, as far as the service's tasks go. */
export function provideEcs(account: Account, { shape, tasks }: SimulatedService): void {
  const { cluster, ecsService } = shape;
  const arn = (name: string) => `arn:aws:ecs:${account.region}:123456789012:service/${name}`;
  const asked = (input: Input) => arn(`${input['cluster']}/${input['services']?.[0] ?? input['service']}`);
  const known = (input: Input) => asked(input) === arn(`${cluster}/${ecsService}`);

  const describe = () => ({
    serviceArn: arn(`${cluster}/${ecsService}`),
    serviceName: ecsService,
    status: 'ACTIVE',
    desiredCount: tasks.desired,
    runningCount: tasks.running,
    pendingCount: Math.max(0, tasks.desired - tasks.running),
    deployments: [
      { status: 'PRIMARY', rolloutState: 'COMPLETED', desiredCount: tasks.desired, runningCount: tasks.running },
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
        if (!known(input)) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
        tasks.desired = input['desiredCount'] ?? tasks.desired;
        account.emit('service', { change: `${ecsService} is to run ${tasks.desired} tasks` });
        return { service: describe() };
      },
    },
  });

  account.provide('application-autoscaling', {
    RegisterScalableTarget: {
      resources: () => [`arn:aws:application-autoscaling:${account.region}:123456789012:scalable-target/0ec5`],
      context: input => ({
        'application-autoscaling:service-namespace': input['ServiceNamespace'],
        'application-autoscaling:scalable-dimension': input['ScalableDimension'],
      }),
      run: input => {
        if (input['ResourceId'] !== `service/${cluster}/${ecsService}`) {
          throw new ServiceError('ValidationException', `ECS service doesn't exist: ${input['ResourceId']}`);
        }
        tasks.scalingSuspended = input['SuspendedState']?.DynamicScalingOutSuspended === true;
        const state = tasks.scalingSuspended ? 'suspended' : 'resumed';
        account.emit('service', { change: `auto scaling of ${ecsService} ${state}` });
        return {};
      },
    },
  });
}
