import { done, failed, unchanged, type Verdict } from './verdict.ts';

/** One of the deployments that ECS lists for the service. */
export interface Rollout {
  id?: string | undefined;
  status?: string | undefined;
  taskDefinition?: string | undefined;
  rolloutState?: string | undefined;
  rolloutStateReason?: string | undefined;
}

/** An ECS service, as DescribeServices returns it. */
export interface EcsService {
  status?: string | undefined;
  taskDefinition?: string | undefined;
  deploymentController?: { type?: string | undefined } | undefined;
  deploymentConfiguration?:
    | {
        strategy?: string | undefined;
        minimumHealthyPercent?: number | undefined;
        maximumPercent?: number | undefined;
      }
    | undefined;
  desiredCount?: number | undefined;
  deployments?: Rollout[] | undefined;
}

/** The answer to a runbook document, and whether to wait: the document asks again until `waiting` is "false". */
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
/** The rollout has ended, or nothing was to be done, or nothing may be done. */
export const rolloutEnded = (verdict: Verdict, message = verdict.reason): RolloutAnswer => ({
  ...verdict,
  ...{ waiting: 'false', deployment: '', former: '', message },
});
export const rolloutRefused = (reason: string): RolloutAnswer => rolloutEnded(unchanged(reason));

export const primaryDeployment = ({ deployments = [] }: EcsService): Rollout | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY');

/** `backend:41`, from the ARN of a task definition. */
export const nameOf = (taskDefinition = ''): string => taskDefinition.split('/').at(-1) ?? '';

/** The reason why deployments of this service are not begun or rolled back here; undefined when they can be. */
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

/**
 * The reason why the service is no longer the one that the caller judged; undefined when it is, or when the caller
 * named no task definition.
 */
export const whyNotCurrent = ({ taskDefinition }: EcsService, named: string): string | undefined =>
  named === '' || nameOf(named) === nameOf(taskDefinition)
    ? undefined
    : `it runs ${nameOf(taskDefinition)} by now, not ${nameOf(named)}`;

/**
 * The version that somebody deployed after the service was judged, and that a deployment has replaced; undefined when there is
 * none. A restart of the version that was judged is none.
 */
export function overwritten(judged: EcsService, now: EcsService, deployed: string): string | undefined {
  const known = new Set((judged.deployments ?? []).map(({ id }) => id));
  const others = (now.deployments ?? []).filter(({ id, status }) => status !== 'PRIMARY' && !known.has(id));
  return others
    .flatMap(({ taskDefinition }) => taskDefinition ?? [])
    .find(version => ![deployed, judged.taskDefinition].some(other => nameOf(other) === nameOf(version)));
}

/**
 * True where ECS may start a task beside those that run. It rounds down: with 150 % of one task it may not, and where it may stop
 * none either, a deployment never ends.
 */
export const hasRoom = ({ desiredCount = 0, deploymentConfiguration }: EcsService): boolean =>
  desiredCount === 0 ||
  Math.floor((desiredCount * (deploymentConfiguration?.maximumPercent ?? 200)) / 100) > desiredCount;

export const NO_ROOM = 'its maximum percent leaves ECS no room for another task, so the deployment would not end';

/** The reason why the tasks must not be restarted; undefined when they may be. */
export function whyNotRestarted(service: EcsService): string | undefined {
  const { deployments = [], deploymentConfiguration } = service;
  if (deployments.length !== 1 || primaryDeployment(service)?.rolloutState !== 'COMPLETED')
    return 'a deployment is under way, which a restart would cut short';
  if (!hasRoom(service)) return NO_ROOM;
  const minimum = deploymentConfiguration?.minimumHealthyPercent;
  return minimum !== undefined && minimum >= 100
    ? undefined
    : `ECS may stop tasks before others have started (minimumHealthyPercent is ${minimum}, not 100)`;
}

/**
 * The progress of a deployment that this run began. ECS returns outdated state for a while: while `former` is the
 * primary deployment, the new one is not visible yet. If a third one is the primary, it has replaced the new one.
 */
export function progressOf(service: EcsService, id: string, former: string): 'waiting' | Verdict {
  const own = service.deployments?.find(deployment => deployment.id === id);
  const primary = primaryDeployment(service)?.id;
  // ECS does not document the state of a replaced deployment: it counts as failed.
  if (primary !== undefined && primary !== id && primary !== former)
    return failed(`the deployment ${primary} has taken the place of ${id}`);
  if (own?.rolloutState === 'COMPLETED') return done();
  if (own?.rolloutState === 'FAILED')
    return failed(`the deployment ${id} failed: ${own.rolloutStateReason ?? 'no reason'}`);
  return 'waiting';
}

/** The progress of a rollback. */
export function rollbackProgress(status: string): 'waiting' | Verdict {
  if (status === 'ROLLBACK_SUCCESSFUL') return done();
  return ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(status)
    ? 'waiting'
    : failed(`its rollback ended ${status}`);
}
