import { describeEnd } from '../adapters/ec2.ts';
import { describeNode } from '../adapters/elasticache.ts';
import type { Resources } from '../domain/diagnosis/resources.ts';
import { pathTo } from '../domain/diagnosis/security-groups.ts';

/** Tells if the security groups let the tasks reach the cache. */
export async function readCachePath({ nodes, serviceSecurityGroups, port }: NonNullable<Resources['redis']>) {
  const described = await Promise.all(nodes.map(node => describeNode(node)));
  // All nodes of a replication group have the same groups.
  const cacheGroups = described.find(node => node?.SecurityGroups?.length)?.SecurityGroups ?? [];
  const ids = cacheGroups.flatMap(({ SecurityGroupId }) => SecurityGroupId ?? []);
  if (ids.length === 0) throw new Error('no node of the cache has a security group');
  const [from, to] = await Promise.all([describeEnd(serviceSecurityGroups), describeEnd(ids)]);
  return pathTo(port, from, to);
}
