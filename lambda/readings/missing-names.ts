import { findService } from '../adapters/ecs.ts';
import { findReplicationGroup } from '../adapters/elasticache.ts';
import { loadBalancerExists } from '../adapters/elb.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';

/** The configured resources that do not exist, each with its kind and name. @throws when one could not be looked up. */
export async function missingNames({ cluster, ecsService, loadBalancer, redis }: Resources): Promise<string[]> {
  const [service, balancer, group] = await Promise.all([
    findService(cluster, ecsService),
    loadBalancerExists(loadBalancer),
    redis && findReplicationGroup(redis.replicationGroup),
  ]);
  return [
    ...(service.missing ? [service.missing] : []),
    ...(balancer ? [] : [`load balancer ${loadBalancer}`]),
    ...(redis && !group ? [`replication group ${redis.replicationGroup}`] : []),
  ];
}
