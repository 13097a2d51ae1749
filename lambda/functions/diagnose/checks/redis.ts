import { describeNode, describeReplicationGroup } from '../../../adapters/elasticache.ts';
import type { Resources } from '../../../domain/deployed.ts';

/** The runbook's "check ElastiCache status": the group, its nodes and their roles, and how it could be restarted. */
export async function redis({ redis }: Resources) {
  if (!redis) throw new Error('no Redis is configured');
  const [group, nodes] = await Promise.all([
    describeReplicationGroup(redis.replicationGroup),
    Promise.all(redis.nodes.map(node => describeNode(node))),
  ]);
  const { Status, AutomaticFailover, ClusterEnabled, NodeGroups = [] } = group;
  const members = NodeGroups.flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers);
  const primary = members.find(({ CurrentRole }) => CurrentRole === 'primary')?.CacheClusterId;
  const available = nodes.flatMap(node => (node?.CacheClusterStatus === 'available' ? [node.CacheClusterId] : []));
  const replica = available.some(node => node !== primary);
  const failover = !ClusterEnabled && AutomaticFailover === 'enabled' && replica;
  return {
    ok: Status === 'available' && available.length === redis.nodes.length,
    summary: `Redis: ${[
      Status,
      `${available.length} of ${redis.nodes.length} nodes available`,
      ClusterEnabled ? 'cluster mode on, so it cannot be restarted' : `primary ${primary ?? 'none'}`,
      ...(ClusterEnabled ? [] : [failover ? 'a replica can take over' : 'a restart would lose what it holds']),
    ].join(', ')}`,
    facts: {
      redisNodes: redis.nodes.length,
      redisNodesAvailable: available.length,
      redisNodesUnavailable: redis.nodes.length - available.length,
      redisRestartable: ClusterEnabled ? 0 : 1,
      redisFailover: failover ? 1 : 0,
    },
  };
}
