import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';

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
