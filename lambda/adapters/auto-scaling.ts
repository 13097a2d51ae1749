import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';

const client = new ApplicationAutoScalingClient({});

/** The bounds within which Application Auto Scaling keeps the tasks of a service. */
export interface Scaling {
  minimum: number;
  maximum: number;
  /** Some of its activities are suspended, by whomever. */
  suspended: boolean;
}

/** Undefined where the service is not scaled by it. */
export async function findScaling(cluster: string, service: string): Promise<Scaling | undefined> {
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: 'ecs',
      ResourceIds: [`service/${cluster}/${service}`],
      ScalableDimension: 'ecs:service:DesiredCount',
    }),
  );
  const [target] = ScalableTargets;
  if (!target) return undefined;
  return {
    minimum: target.MinCapacity ?? 0,
    maximum: target.MaxCapacity ?? MOST_TASKS,
    suspended: Object.values(target.SuspendedState ?? {}).some(Boolean),
  };
}

/** Tasks that a service may have, by the quotas of ECS. */
export const MOST_TASKS = 5000;
