import { readMetrics } from '../adapters/cloudwatch.ts';
import { describeService, recentDeployments } from '../adapters/ecs.ts';
import type { Resources } from '../domain/deployed.ts';
import { type DeploymentState, deploymentState } from '../domain/deployment.ts';
import { trafficQueries } from '../domain/investigated-metrics.ts';
import { type MinuteOfTraffic, minutesOf } from '../domain/traffic.ts';

/** What the load balancer saw in the last hour. */
export const readTraffic = async (resources: Resources, now: Date): Promise<MinuteOfTraffic[]> =>
  minutesOf(await readMetrics(trafficQueries(resources), now), now);

/** Whether a deployment is to blame, by what ECS says and what the load balancer saw. */
export async function readDeployments(
  { cluster, ecsService, minimumRequests }: Resources,
  now: Date,
  traffic: Promise<MinuteOfTraffic[]>,
): Promise<DeploymentState> {
  const [{ deployments = [] }, deployed, minutes] = await Promise.all([
    describeService(cluster, ecsService),
    recentDeployments(cluster, ecsService, now),
    traffic,
  ]);
  return deploymentState(deployments, deployed, minutes, now, minimumRequests);
}
