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
  /** True when any scaling activity is suspended, by whomever. */
  suspended: boolean;
}

/** Undefined when Application Auto Scaling does not scale the service. */
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

/** The ECS quota for tasks of a service. */
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

/** The suspended kinds of scaling activity of an ECS service; undefined when nothing scales it. */
export async function suspendedScaling(cluster: string, service: string): Promise<Way[] | undefined> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = target(cluster, service);
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension }),
  );
  const [found] = ScalableTargets;
  return found && WAYS.filter(way => found.SuspendedState?.[SUSPENDED[way]] === true);
}

/** Suspends exactly these kinds of scaling activity, and resumes the others: the API keeps none that is left out. */
export async function setSuspended(cluster: string, service: string, ways: readonly Way[]): Promise<void> {
  const SuspendedState = Object.fromEntries(WAYS.map(way => [SUSPENDED[way], ways.includes(way)]));
  await client.send(new RegisterScalableTargetCommand({ ...target(cluster, service), SuspendedState }));
}
