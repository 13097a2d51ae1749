import { type Account, type Input, ServiceError } from 'embedded-aws';
import type { Suspensions } from '../scaling.ts';
import type { SimulatedService } from '../service.ts';

const FLAGS: readonly (keyof Suspensions)[] = [
  'DynamicScalingInSuspended',
  'DynamicScalingOutSuspended',
  'ScheduledScalingSuspended',
];
const DIMENSION = 'ecs:service:DesiredCount';

/** Application Auto Scaling: the service as a scalable target, its bounds and what of it is suspended. */
export function provideAutoScaling(account: Account, { shape, scaling }: SimulatedService): void {
  const { cluster, ecsService } = shape;
  const own = `service/${cluster}/${ecsService}`;
  const arn = `arn:aws:application-autoscaling:${account.region}:123456789012:scalable-target/0ec5`;
  const serviceArn = `arn:aws:ecs:${account.region}:123456789012:${own}`;
  const created = new Date(account.clock.now - 86_400_000);
  scaling.tell = change => account.emit('service', { change });

  const described = ({ min, max }: { min: number; max: number }) => ({
    ...{ ServiceNamespace: 'ecs', ResourceId: own, ScalableDimension: DIMENSION, ScalableTargetARN: arn },
    ...{ MinCapacity: min, MaxCapacity: max, SuspendedState: { ...scaling.suspended }, CreationTime: created },
    RoleARN: `arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/ECSService`,
  });

  account.provide('application-autoscaling', {
    DescribeScalableTargets: {
      run: ({ ServiceNamespace, ResourceIds = [own], ScalableDimension = DIMENSION }) => ({
        ScalableTargets:
          scaling.bounds &&
          ServiceNamespace === 'ecs' &&
          ScalableDimension === DIMENSION &&
          (ResourceIds as string[]).includes(own)
            ? [described(scaling.bounds)]
            : [],
      }),
    },
    RegisterScalableTarget: {
      resources: () => [arn],
      context: input => ({
        'application-autoscaling:service-namespace': input['ServiceNamespace'],
        'application-autoscaling:scalable-dimension': input['ScalableDimension'],
      }),
      // What scales the service is asked of ECS first, in the caller's name.
      needs: () => [
        { action: 'ecs:DescribeServices', resources: [serviceArn] },
        { action: 'ecs:UpdateService', resources: [serviceArn] },
      ],
      run: ({ ResourceId, MinCapacity, MaxCapacity, SuspendedState }) => {
        if (ResourceId !== own)
          throw new ServiceError('ValidationException', `ECS service doesn't exist: ${ResourceId}`);
        const wanted = suspensionsOf(SuspendedState);
        const min = MinCapacity ?? scaling.bounds?.min;
        const max = MaxCapacity ?? scaling.bounds?.max;
        if (min === undefined || max === undefined)
          throw new ServiceError(
            'ValidationException',
            'MinCapacity and MaxCapacity are required to register a target',
          );
        if (min > max)
          throw new ServiceError('ValidationException', 'Maximum capacity cannot be less than minimum capacity');
        if (wanted) {
          scaling.apply(wanted);
          const states = FLAGS.filter(flag => flag in wanted).map(flag => (wanted[flag] ? 'suspended' : 'resumed'));
          const state = [...new Set(states)].join(' and ');
          account.emit('service', { change: `auto scaling of ${ecsService} ${state}` });
        }
        if (MinCapacity !== undefined || MaxCapacity !== undefined || !scaling.bounds) scaling.register({ min, max });
        return { ScalableTargetARN: arn };
      },
    },
  });
}

/** The members that were given; undefined when the state was not. */
function suspensionsOf(given: Input | undefined): Partial<Suspensions> | undefined {
  if (!given) return undefined;
  const unknown = Object.keys(given).find(flag => !FLAGS.includes(flag as keyof Suspensions));
  const text = FLAGS.find(flag => given[flag] !== undefined && typeof given[flag] !== 'boolean');
  if (unknown || text)
    throw new ServiceError('ValidationException', `SuspendedState.${unknown ?? `${text} must be a boolean`}`);
  return Object.fromEntries(FLAGS.flatMap(flag => (given[flag] === undefined ? [] : [[flag, given[flag]]])));
}
