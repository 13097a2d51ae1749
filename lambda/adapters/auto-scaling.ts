import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { WAYS, type Way } from '../domain/remedies/scaling.ts';

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
const SUSPENDED = {
  in: 'DynamicScalingInSuspended',
  out: 'DynamicScalingOutSuspended',
  scheduled: 'ScheduledScalingSuspended',
} as const;

const target = (cluster: string, service: string) =>
  ({
    ServiceNamespace: 'ecs',
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  }) as const;

/** The suspended ways of the auto scaling of an ECS service; undefined where it has none. */
export async function suspendedScaling(cluster: string, service: string): Promise<Way[] | undefined> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = target(cluster, service);
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension }),
  );
  const [found] = ScalableTargets;
  return found && WAYS.filter(way => found.SuspendedState?.[SUSPENDED[way]] === true);
}

/** Suspends exactly these ways. One that is not named would be resumed. */
export async function setSuspended(cluster: string, service: string, ways: readonly Way[]): Promise<void> {
  const SuspendedState = Object.fromEntries(WAYS.map(way => [SUSPENDED[way], ways.includes(way)]));
  await client.send(new RegisterScalableTargetCommand({ ...target(cluster, service), SuspendedState }));
}
