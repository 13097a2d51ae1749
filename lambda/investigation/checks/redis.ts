import { findReplicationGroup, readNodes } from '../../adapters/elasticache.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { restartBy } from '../../domain/remedies/restart-redis.ts';

/** The runbook's "check ElastiCache status": the group, its nodes and their roles, and the possible way of a restart. */
export async function redis({ redis }: Resources) {
  if (!redis) throw new Error('no Redis is configured');
  const [group, nodes] = await Promise.all([findReplicationGroup(redis.replicationGroup), readNodes(redis.nodes)]);
  if (!group)
    return {
      ok: false,
      summary: `Redis: there is no replication group ${redis.replicationGroup}`,
      facts: { redisExists: 0 },
    };
  const { Status, AutomaticFailover, ClusterEnabled, NodeGroups = [] } = group;
  const members = NodeGroups.flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers);
  const primary = members.find(({ CurrentRole }) => CurrentRole === 'primary')?.CacheClusterId;
  const available = nodes.flatMap(({ id, status }) => (status === 'available' ? [id] : []));
  const gone = nodes.filter(({ serves }) => !serves);
  const by = restartBy(group);
  const replica = available.some(node => node !== primary);
  const failover = !ClusterEnabled && AutomaticFailover === 'enabled' && replica;
  return {
    ok: Status === 'available' && available.length === redis.nodes.length,
    summary: `Redis: ${[
      Status,
      `${available.length} of ${redis.nodes.length} nodes available`,
      ...gone.map(({ id, status }) => (status === undefined ? `there is no node ${id}` : `node ${id} is ${status}`)),
      ClusterEnabled ? 'cluster mode on, so it cannot be restarted' : `primary ${primary ?? 'none'}`,
      ...(ClusterEnabled ? [] : [failover ? 'a replica can take over' : 'a restart would lose what it holds']),
    ].join(', ')}`,
    facts: {
      redisExists: 1,
      redisNodes: redis.nodes.length,
      redisNodesAvailable: available.length,
      redisNodesGone: gone.length,
      redisRestartable: ClusterEnabled ? 0 : 1,
      redisFailover: failover ? 1 : 0,
    },
    objects: { ...(primary && { redisPrimary: primary }), ...(by && { redisRestartBy: by }) },
  };
}
