import { findService } from '../adapters/ecs.ts';
import { findReplicationGroup } from '../adapters/elasticache.ts';
import { loadBalancerExists } from '../adapters/elb.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';

/** Each thing that the configuration names and AWS does not know, with its name. @throws when one could not be asked for. */
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
