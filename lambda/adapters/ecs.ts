import { DescribeServicesCommand, ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';

const client = new ECSClient({});

/** The service as ECS describes it. @throws when there is no such service. */
export async function describeService(cluster: string, service: string) {
  const { services = [], failures = [] } = await client.send(
    new DescribeServicesCommand({ cluster, services: [service] }),
  );
  const [found] = services;
  if (!found) throw new Error(`ECS service ${cluster}/${service}: ${failures[0]?.reason ?? 'MISSING'}`);
  return found;
}

/** When each deployment of the last hour began, the latest first. */
export async function recentDeployments(cluster: string, service: string, now: Date): Promise<Date[]> {
  const { serviceDeployments = [] } = await client.send(
    new ListServiceDeploymentsCommand({ cluster, service, createdAt: { after: new Date(now.getTime() - 3_600_000) } }),
  );
  return serviceDeployments.flatMap(({ createdAt }) => createdAt ?? []).sort((a, b) => b.getTime() - a.getTime());
}
