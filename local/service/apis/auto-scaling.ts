import { type Account, ServiceError } from '../../account/account.ts';
import type { SimulatedService } from '../service.ts';

/** Application Auto Scaling, as far as it may be suspended. */
export function provideAutoScaling(account: Account, { shape, tasks }: SimulatedService): void {
  const { cluster, ecsService } = shape;
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
    DescribeScalableTargets: { run: () => ({ ScalableTargets: [] }) },
  });
}
