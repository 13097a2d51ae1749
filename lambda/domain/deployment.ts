/** The share of requests that failed in one minute. */
export interface MinuteOfTraffic {
  /** When the minute began, in milliseconds. */
  at: number;
  share: number;
}

/** A deployment that ECS still counts as one of the service's. */
export interface Rollout {
  status?: string | undefined;
  rolloutState?: string | undefined;
  /** Tasks that failed one after another. */
  failedTasks?: number | undefined;
}

/** One deployment of the service, and what it put into place. */
export interface PastDeployment {
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
}

/** The share of failing requests at which a service counts as failing. */
export const FAILING_SHARE = 0.05;
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
  rollouts: readonly Rollout[],
  deployed: readonly PastDeployment[],
  traffic: readonly MinuteOfTraffic[],
  now: Date,
): DeploymentState {
  const [primary] = rollouts.filter(({ status }) => status === 'PRIMARY');
  const minutesAgo = (date: Date) => Math.round((now.getTime() - date.getTime()) / MINUTE);
  const began = deployed.filter(({ restart }) => !restart).map(({ at }) => at);
  const guilty = began.find(date => errorsBeganWith(date.getTime(), traffic));
  const [latest] = began;
  const inProgress = rollouts.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS');
  const fault =
    primary?.rolloutState === 'FAILED'
      ? 'ECS says that it failed'
      : inProgress && (primary?.failedTasks ?? 0) >= FAILED_TASKS
        ? `${primary?.failedTasks} of its tasks failed to start`
        : guilty && `requests have failed since the one ${minutesAgo(guilty)} min ago`;
  return { ...(latest && { ageMinutes: minutesAgo(latest) }), inProgress, ...(fault && { fault }) };
}

/** Well before, failing soon after, and ever since. Nothing known of the time before proves nothing. */
function errorsBeganWith(deployed: number, traffic: readonly MinuteOfTraffic[]): boolean {
  const start = Math.floor(deployed / MINUTE) * MINUTE;
  const before = traffic.filter(({ at }) => at < start && at >= start - BEFORE_MINUTES * MINUTE);
  const after = traffic.filter(({ at }) => at >= start);
  const first = after.findIndex(({ share }) => share >= FAILING_SHARE);
  const since = first === -1 ? [] : after.slice(first);
  return (
    before.length > 0 &&
    before.every(({ share }) => share < FAILING_SHARE) &&
    since.length > 0 &&
    since.every(({ share }) => share >= FAILING_SHARE) &&
    (since[0]?.at ?? Number.POSITIVE_INFINITY) - start <= SUSPECT_MINUTES * MINUTE
  );
}
