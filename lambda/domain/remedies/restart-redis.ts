/** A replication group, as DescribeReplicationGroups returns it. */
export interface ReplicationGroup {
  Status?: string | undefined;
  ClusterEnabled?: boolean | undefined;
  AutomaticFailover?: string | undefined;
  NodeGroups?:
    | {
        NodeGroupId?: string | undefined;
        NodeGroupMembers?: { CacheClusterId?: string | undefined; CurrentRole?: string | undefined }[] | undefined;
      }[]
    | undefined;
}

/** How the primary is restarted: a replica takes over, or the node is rebooted and loses its data. */
export type Restart = { by: 'failover'; nodeGroup: string; primary: string } | { by: 'reboot'; primary: string };

export const primaryNode = ({ NodeGroups = [] }: ReplicationGroup): string | undefined =>
  NodeGroups.flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers).find(
    ({ CurrentRole }) => CurrentRole === 'primary',
  )?.CacheClusterId;

export function restartOf(group: ReplicationGroup, named: string): Restart | { refused: string } {
  const primary = primaryNode(group);
  const [nodeGroup] = group.NodeGroups ?? [];
  if (group.ClusterEnabled) return { refused: 'cluster mode is on: which of its shards would need it is not known' };
  if (group.Status !== 'available') return { refused: `the group is ${group.Status}` };
  if (!primary) return { refused: 'ElastiCache names no node of the group as its primary' };
  if (named !== '' && named !== primary) return { refused: `${primary} is the primary by now, not ${named}` };
  if (group.AutomaticFailover === 'enabled')
    return { by: 'failover', nodeGroup: nodeGroup?.NodeGroupId ?? '', primary };
  return { by: 'reboot', primary };
}

/** True once a restart has visibly begun: before that, an available group proves nothing. */
export const hasBegun = (group: ReplicationGroup, node: string | undefined, by: string, former: string): boolean =>
  by === 'failover' ? group.Status !== 'available' || primaryNode(group) !== former : node !== 'available';

export const hasEnded = (group: ReplicationGroup, node: string | undefined, by: string, former: string): boolean =>
  group.Status === 'available' &&
  (by === 'failover' ? (primaryNode(group) ?? former) !== former : node === 'available');
