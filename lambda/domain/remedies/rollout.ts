import { done, failed, unchanged, type Verdict } from './verdict.ts';

/** One of the deployments that ECS still counts as the service's. */
export interface Rollout {
  id?: string | undefined;
  status?: string | undefined;
  rolloutState?: string | undefined;
  rolloutStateReason?: string | undefined;
}

/** An ECS service, as DescribeServices tells of it. */
export interface EcsService {
  status?: string | undefined;
  taskDefinition?: string | undefined;
  deploymentController?: { type?: string | undefined } | undefined;
  deploymentConfiguration?: { strategy?: string | undefined; minimumHealthyPercent?: number | undefined } | undefined;
  deployments?: Rollout[] | undefined;
}

/** A document's answer, with what to wait for: a step of it asks again until `waiting` is "false". */
export type RolloutAnswer = Verdict & {
  waiting: 'true' | 'false';
  deployment: string;
  former: string;
  message: string;
};

export const rolloutBegun = (
  changed: string[],
  deployment: string,
  former: string,
  message: string,
): RolloutAnswer => ({
  ...done(changed),
  ...{ waiting: 'true', deployment, former, message },
});
/** It is over at once: nothing was to be done, or must be. */
export const rolloutEnded = (verdict: Verdict, message = verdict.reason): RolloutAnswer => ({
  ...verdict,
  ...{ waiting: 'false', deployment: '', former: '', message },
});
export const rolloutRefused = (reason: string): RolloutAnswer => rolloutEnded(unchanged(reason));

export const primaryDeployment = ({ deployments = [] }: EcsService): Rollout | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY');

/** `backend:41`, from its ARN. */
export const nameOf = (taskDefinition = ''): string => taskDefinition.split('/').at(-1) ?? '';

/** Why a deployment of this service is not begun or taken back here; undefined when it may be. */
export function whyNotRolling({
  status,
  deploymentController,
  deploymentConfiguration,
}: EcsService): string | undefined {
  const { type = 'ECS' } = deploymentController ?? {};
  const { strategy = 'ROLLING' } = deploymentConfiguration ?? {};
  if (status !== 'ACTIVE') return `the service is ${status}`;
  if (type !== 'ECS') return `its deployments are those of the controller ${type}, not of ECS itself`;
  return strategy === 'ROLLING' ? undefined : `its deployments are ${strategy}, not rolling ones`;
}

/** Why it is no longer what the caller judged; undefined when it is, or when the caller named nothing. */
export const whyNotCurrent = ({ taskDefinition }: EcsService, named: string): string | undefined =>
  named === '' || nameOf(named) === nameOf(taskDefinition)
    ? undefined
    : `it runs ${nameOf(taskDefinition)} by now, not ${nameOf(named)}`;

/** Why every task must not be started anew; undefined when they may be. */
export function whyNotRestarted(service: EcsService): string | undefined {
  const { deployments = [], deploymentConfiguration } = service;
  if (deployments.length !== 1 || primaryDeployment(service)?.rolloutState !== 'COMPLETED')
    return 'a deployment is under way, which a restart would cut short';
  const least = deploymentConfiguration?.minimumHealthyPercent;
  return least !== undefined && least >= 100
    ? undefined
    : `ECS may stop tasks before others have started (minimumHealthyPercent is ${least}, not 100)`;
}

/**
 * How a deployment stands that was begun by this run. ECS answers with yesterday's state for a while: as long as `former`
 * leads, it is not seen yet. When another leads, that has taken its place.
 */
export function progressOf(service: EcsService, id: string, former: string): 'waiting' | Verdict {
  const own = service.deployments?.find(deployment => deployment.id === id);
  const leading = primaryDeployment(service)?.id;
  // What ECS says of one that was replaced is not documented: it did not end as it was meant to.
  if (leading !== undefined && leading !== id && leading !== former)
    return failed(`the deployment ${leading} has taken the place of ${id}`);
  if (own?.rolloutState === 'COMPLETED') return done();
  if (own?.rolloutState === 'FAILED')
    return failed(`the deployment ${id} failed: ${own.rolloutStateReason ?? 'no reason'}`);
  return 'waiting';
}

/** How a deployment that is being rolled back stands. */
export function rollbackProgress(status: string): 'waiting' | Verdict {
  if (status === 'ROLLBACK_SUCCESSFUL') return done();
  return ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(status)
    ? 'waiting'
    : failed(`its rollback ended ${status}`);
}
