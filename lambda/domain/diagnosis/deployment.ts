import { FAILING_SHARE, type MinuteOfTraffic } from './traffic.ts';

/** A deployment that ECS still counts as one of the service's. */
export interface ServiceRollout {
  status?: string | undefined;
  rolloutState?: string | undefined;
  /** Tasks that failed one after another. */
  failedTasks?: number | undefined;
}

/** One deployment of the service, and what it put into place. */
export interface PastDeployment {
  /** ARN of the service deployment. */
  arn?: string | undefined;
  at: Date;
  /** It put the version into place that was there already: every task was started anew, and nothing else. */
  restart: boolean;
  /** Revision of the task definition before it; undefined for the first. */
  from?: number | undefined;
}

/** What one deployment put into place: task definition and images. */
export interface Version {
  taskDefinition?: string | undefined;
  containerImages?: { containerName?: string | undefined; imageDigest?: string | undefined }[] | undefined;
}

/** Whether a deployment changed nothing. With a tag that moves, one task definition may have different images. */
export function isSameVersion(source: Version | undefined, target: Version | undefined): boolean {
  if (!source || !target || source.taskDefinition !== target.taskDefinition) return false;
  const digests = ({ containerImages = [] }: Version) =>
    containerImages.map(({ containerName, imageDigest }) => `${containerName} ${imageDigest}`).sort();
  return digests(source).join() === digests(target).join();
}

/** Whether a deployment is the cause of what is wrong. */
export interface DeploymentState {
  /** Minutes since the latest began; undefined without one in the last hour. */
  ageMinutes?: number;
  inProgress: boolean;
  /** Why a deployment is to blame; undefined when none is. */
  fault?: string;
  /** ARN of the deployment to blame, where it is known. */
  suspect?: string;
  /** No other version was deployed since the one to blame. */
  suspectIsLatest?: boolean;
}

/** Minutes after a deployment within which errors must begin to be blamed on it. */
const SUSPECT_MINUTES = 15;
/** Minutes before a deployment that must have been well: errors that were there already are not its own. */
const BEFORE_MINUTES = 10;
/** Tasks in a row that do not start: a slow deployment is none that fails. */
const FAILED_TASKS = 3;

const MINUTE = 60_000;

/**
 * A deployment is to blame when ECS says that it failed, or when requests began to fail soon after it and have not
 * stopped since. One that only started the same version anew brought nothing that could be. A later deployment does not acquit it, or a rollback that does not help would look like one that did.
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
  // ECS speaks of the deployment that it knows as the primary one, which is the last that began, a restart too.
  const guilty = failed ? deployed[0] : changes.find(({ at }) => errorsBeganWith(at.getTime(), traffic, leastRequests));
  const fault = failed ?? (guilty && `requests have failed since the one ${minutesAgo(guilty.at)} min ago`);
  return {
    ...(latest && { ageMinutes: minutesAgo(latest.at) }),
    inProgress,
    ...(fault && { fault }),
    ...(guilty?.arn && { suspect: guilty.arn }),
    ...(guilty && { suspectIsLatest: guilty === latest }),
  };
}

/**
 * Well before, failing soon after, and ever since, of requests enough to tell. Nothing known of the time before proves
 * nothing, nor does a minute of which not all is known yet, unless it fails already.
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
