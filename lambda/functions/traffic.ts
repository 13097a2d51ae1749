import { type Datapoint, readMetrics } from '../adapters/cloudwatch.ts';
import { describeService, recentDeployments } from '../adapters/ecs.ts';
import type { Resources } from '../domain/deployed.ts';
import { type DeploymentState, deploymentState, type MinuteOfTraffic } from '../domain/deployment.ts';
import { trafficQueries } from '../domain/investigated-metrics.ts';

const MINUTE = 60_000;

/**
 * Minute by minute, whole minutes only. Where nothing failed there is no datapoint of errors; where the load balancer
 * counted no request, nothing is known.
 */
export function trafficOf(series: Record<string, Datapoint[]>, now: Date): MinuteOfTraffic[] {
  const { requests = [], errors = [], refused = [] } = series;
  const failed = new Map<number, number>();
  for (const { at, value } of [...errors, ...refused]) failed.set(at, (failed.get(at) ?? 0) + value);
  return requests
    .filter(({ at, value }) => value > 0 && at + MINUTE <= now.getTime())
    .map(({ at, value }) => ({ at, share: Math.min(1, (failed.get(at) ?? 0) / value) }));
}

/** What the load balancer saw in the last hour. */
export const readTraffic = async (resources: Resources, now: Date): Promise<MinuteOfTraffic[]> =>
  trafficOf(await readMetrics(trafficQueries(resources), now), now);

/** Whether a deployment is to blame, by what ECS says and what the load balancer saw. */
export async function readDeployments(
  { cluster, ecsService }: Resources,
  now: Date,
  traffic: Promise<MinuteOfTraffic[]>,
): Promise<DeploymentState> {
  const [{ deployments = [] }, deployed, minutes] = await Promise.all([
    describeService(cluster, ecsService),
    recentDeployments(cluster, ecsService, now),
    traffic,
  ]);
  return deploymentState(deployments, deployed, minutes, now);
}
