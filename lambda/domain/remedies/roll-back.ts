import { type EcsService, nameOf } from './rollout.ts';

/** One deployment of the service, as DescribeServiceDeployments returns it. */
export interface ServiceDeployment {
  arn: string;
  status: string;
  createdAt: Date;
  /** The task definitions that ran before it. */
  sources: string[];
  /** The task definition that it deployed. */
  target: string;
}

/**
 * How a deployment is rolled back: ECS stops it, ECS does so already, or the service gets its former task definition.
 */
export type WayBack = { by: 'stop' | 'wait' } | { by: 'update'; taskDefinition: string } | { refused: string };

const idOf = (arn: string) => arn.split('/').at(-1) ?? arn;

/**
 * The reason why the deployment is not the one to roll back: a newer one exists. The order of `all` does not matter.
 */
export function whyNotLatest(
  { arn, createdAt }: { arn: string; createdAt: Date },
  deployments: readonly { arn: string; createdAt: Date }[],
): string | undefined {
  const [newer] = deployments
    .filter(other => other.arn !== arn && other.createdAt >= createdAt)
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return newer && `a newer deployment (${idOf(newer.arn)}) has taken the place of ${idOf(arn)}`;
}

export const latestOf = <Deployment extends { createdAt: Date }>(
  deployments: readonly Deployment[],
): Deployment | undefined => deployments.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];

export function wayBack({ arn, status, sources, target }: ServiceDeployment, service: EcsService): WayBack {
  const id = idOf(arn);
  const [before, ...others] = new Set(sources);
  if (before === undefined) return { refused: `${id} is the first of the service: nothing ran before it` };
  if (status === 'ROLLBACK_SUCCESSFUL') return { refused: `${id} has been rolled back already` };
  if (status === 'STOP_REQUESTED') return { refused: `${id} is being stopped by somebody` };
  if (status.startsWith('ROLLBACK_') && status !== 'ROLLBACK_FAILED') return { by: 'wait' };
  if (status === 'PENDING' || status === 'IN_PROGRESS') return { by: 'stop' };
  if (others.length > 0)
    return { refused: `several versions ran before ${id}: ${[...new Set(sources)].map(nameOf).join(', ')}` };
  if (before === target) return { refused: `${id} started ${nameOf(target)} anew: there is nothing to go back to` };
  if (status === 'SUCCESSFUL' && nameOf(service.taskDefinition) !== nameOf(target))
    return { refused: `the service runs ${nameOf(service.taskDefinition)} by now, not ${nameOf(target)} of ${id}` };
  return { by: 'update', taskDefinition: before };
}
