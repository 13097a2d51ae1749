import { readMetrics } from '../adapters/cloudwatch.ts';
import { describeService, recentDeployments } from '../adapters/ecs.ts';
import { type DeploymentState, deploymentState } from '../domain/diagnosis/deployment.ts';
import { trafficQueries } from '../domain/diagnosis/metrics.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';
import { judgeTraffic, type MinuteOfTraffic, minutesOf, type Traffic } from '../domain/diagnosis/traffic.ts';
import { deployed } from '../runtime/deployed.ts';

/** The load balancer's traffic in the last hour, by minute. */
export const readTraffic = async (resources: Resources, now: Date): Promise<MinuteOfTraffic[]> =>
  minutesOf(await readMetrics(trafficQueries(resources), now), now);

/** The deployments of ECS, and the one suspected of causing the failing requests. */
export async function readDeployments(
  { cluster, ecsService, minimumRequests }: Resources,
  now: Date,
  traffic: Promise<MinuteOfTraffic[]>,
): Promise<DeploymentState> {
  const service = await describeService(cluster, ecsService);
  const [deployed, minutes] = await Promise.all([recentDeployments(cluster, service, now), traffic]);
  return deploymentState(service.deployments ?? [], deployed, minutes, now, minimumRequests);
}

/** The traffic cannot be judged. */
export const UNJUDGED: Traffic = { unknown: 'no whole minute' };

/** The share of failing requests since a time, or in the last minutes; `UNJUDGED` when CloudWatch does not answer. */
export async function trafficSince(since?: string): Promise<Traffic> {
  const now = new Date();
  try {
    const { resources } = await deployed();
    const minutes = await readTraffic(resources, now);
    return judgeTraffic(minutes, now, resources.minimumRequests, since === undefined ? 0 : Date.parse(since));
  } catch (error) {
    console.error({ message: 'the share of failing requests cannot be told', error: (error as Error).name });
    return UNJUDGED;
  }
}
