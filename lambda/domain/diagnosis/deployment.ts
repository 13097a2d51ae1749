import { FAILING_SHARE, type MinuteOfTraffic } from './traffic.ts';

/** A deployment that ECS still lists as one of the service's. */
export interface ServiceRollout {
  status?: string | undefined;
  rolloutState?: string | undefined;
  /** Consecutive tasks that failed. */
  failedTasks?: number | undefined;
}

/** One deployment of the service. */
export interface PastDeployment {
  /** ARN of the service deployment. */
  arn?: string | undefined;
  at: Date;
  /** The deployment changed nothing: every task was restarted with the same version. */
  restart: boolean;
  /** Revision of the task definition before it; undefined for the first. */
  from?: number | undefined;
}

/** The version that a deployment put into place: task definition and images. */
export interface Version {
  taskDefinition?: string | undefined;
  containerImages?: { containerName?: string | undefined; imageDigest?: string | undefined }[] | undefined;
}

/** True if the versions are the same. With a moving tag, the same task definition can have different images. */
export function isSameVersion(source: Version | undefined, target: Version | undefined): boolean {
  if (!source || !target || source.taskDefinition !== target.taskDefinition) return false;
  const digests = ({ containerImages = [] }: Version) =>
    containerImages.map(({ containerName, imageDigest }) => `${containerName} ${imageDigest}`).sort();
  return digests(source).join() === digests(target).join();
}

/** The state of deployments, and whether one of them is the cause of the trouble. */
export interface DeploymentState {
  /** Minutes since the latest deployment began; undefined if there was none in the last hour. */
  ageMinutes?: number;
  inProgress: boolean;
  /** The reason why a deployment is the cause; undefined when none is. */
  fault?: string;
  /** ARN of the deployment that is the cause, where it is known. */
  suspect?: string;
  /** No other version was deployed after the one that is the cause. */
  suspectIsLatest?: boolean;
}

/** Minutes after a deployment within which errors must begin to be attributed to it. */
const SUSPECT_MINUTES = 15;
/** Minutes before a deployment without errors: errors that existed before are not its own. */
const BEFORE_MINUTES = 10;
/** Consecutive tasks that fail to start. A deployment that is merely slow does not fail. */
const FAILED_TASKS = 3;

const MINUTE = 60_000;

/**
 * A deployment is the cause when ECS reports that it failed, or when requests began to fail soon after it and have
 * failed ever since. A restart of the same version cannot be the cause. A later deployment does not exonerate an
 * earlier one: a rollback that does not help would look like one that did.
 */
export function deploymentState(
  rollouts: readonly ServiceRollout[],
  deployed: readonly PastDeployment[],
  traffic: readonly MinuteOfTraffic[],
  now: Date,
  leastRequests: number,
): DeploymentState {
  const [primary] = rollouts.filter(({ status }) => status === 'PRIMARY');
  const minutesAgo = (date: Date) => Math.round((now.getTime() - date.getTime()) / MINUTE);
  const changes = deployed.filter(({ restart }) => !restart);
  const [latest] = changes;
  const inProgress = rollouts.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  const failed =
    primary?.rolloutState === 'FAILED'
      ? 'ECS says that it failed'
      : inProgress && (primary?.failedTasks ?? 0) >= FAILED_TASKS
        ? `${primary?.failedTasks} of its tasks failed to start`
        : undefined;
  // ECS reports on the primary deployment, which is the last that began, even if it was a restart.
  const suspect = failed
    ? deployed[0]
    : changes.find(({ at }) => errorsBeganWith(at.getTime(), traffic, leastRequests));
  const fault = failed ?? (suspect && `requests have failed since the one ${minutesAgo(suspect.at)} min ago`);
  return {
    ...(latest && { ageMinutes: minutesAgo(latest.at) }),
    inProgress,
    ...(fault && { fault }),
    ...(suspect?.arn && { suspect: suspect.arn }),
    ...(suspect && { suspectIsLatest: suspect === latest }),
  };
}

/**
 * True if requests succeeded before the deployment, failed soon after it and have failed ever since, with enough
 * requests to tell. Missing data from before proves nothing. A minute whose counts are incomplete counts only if it
 * fails already.
 */
function errorsBeganWith(deployed: number, traffic: readonly MinuteOfTraffic[], leastRequests: number): boolean {
  const start = Math.floor(deployed / MINUTE) * MINUTE;
  const fails = ({ failed, requests }: MinuteOfTraffic) => failed / requests >= FAILING_SHARE;
  const enough = (minutes: readonly MinuteOfTraffic[]) =>
    minutes.reduce((all, { requests }) => all + requests, 0) >= leastRequests;
  const known = traffic.filter(minute => minute.settled || fails(minute));
  const before = known.filter(({ at }) => at < start && at >= start - BEFORE_MINUTES * MINUTE);
  const after = known.filter(({ at }) => at >= start);
  const first = after.findIndex(fails);
  const since = first === -1 ? [] : after.slice(first);
  return (
    enough(before) &&
    !before.some(fails) &&
    enough(since) &&
    since.every(fails) &&
    (since[0]?.at ?? Number.POSITIVE_INFINITY) - start <= SUSPECT_MINUTES * MINUTE
  );
}
