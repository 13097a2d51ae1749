import { readMetrics } from '../adapters/cloudwatch.ts';
import { describeService, recentDeployments } from '../adapters/ecs.ts';
import { type DeploymentState, deploymentState } from '../domain/diagnosis/deployment.ts';
import { trafficQueries } from '../domain/diagnosis/metrics.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';
import { judgeTraffic, type MinuteOfTraffic, minutesOf, type Traffic } from '../domain/diagnosis/traffic.ts';
import { deployed } from '../runtime/deployed.ts';

/** What the load balancer saw in the last hour. */
export const readTraffic = async (resources: Resources, now: Date): Promise<MinuteOfTraffic[]> =>
  minutesOf(await readMetrics(trafficQueries(resources), now), now);

/** Whether a deployment is to blame, by what ECS says and what the load balancer saw. */
export async function readDeployments(
  { cluster, ecsService, minimumRequests }: Resources,
  now: Date,
  traffic: Promise<MinuteOfTraffic[]>,
): Promise<DeploymentState> {
  const service = await describeService(cluster, ecsService);
  const [deployed, minutes] = await Promise.all([recentDeployments(cluster, service, now), traffic]);
  return deploymentState(service.deployments ?? [], deployed, minutes, now, minimumRequests);
}

/** Nobody can tell. */
export const UNJUDGED: Traffic = { unknown: 'no whole minute' };

/** The share of requests that fail of those since, or of the last minutes. Where CloudWatch does not answer, nobody can tell. */
export async function trafficSince(since?: string): Promise<Traffic> {
  const { resources } = deployed();
  const now = new Date();
  try {
    const minutes = await readTraffic(resources, now);
    return judgeTraffic(minutes, now, resources.minimumRequests, since === undefined ? 0 : Date.parse(since));
  } catch (error) {
    console.error({ message: 'the share of failing requests cannot be told', error: (error as Error).name });
    return UNJUDGED;
  }
}
