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

/** How the topology allows a restart; undefined while automatic failover is being turned on or off. */
export function restartBy({ AutomaticFailover }: ReplicationGroup): Restart['by'] | undefined {
  if (AutomaticFailover === 'enabled') return 'failover';
  return AutomaticFailover === undefined || AutomaticFailover === 'disabled' ? 'reboot' : undefined;
}

const COST = {
  failover: 'a failover, which keeps the contents',
  reboot: 'a reboot, which loses everything it holds',
} as const;

/**
 * Decides how the primary is restarted. Both may have changed since somebody decided: which node is the primary, and if a restart
 * keeps the contents.
 */
export function restartOf(
  group: ReplicationGroup,
  named: string,
  judged: Restart['by'] | '' = '',
): Restart | { refused: string } {
  const primary = primaryNode(group);
  const [nodeGroup] = group.NodeGroups ?? [];
  const by = restartBy(group);
  if (group.ClusterEnabled) return { refused: 'cluster mode is on: which of its shards would need it is not known' };
  if (group.Status !== 'available') return { refused: `the group is ${group.Status}` };
  if (!primary) return { refused: 'ElastiCache names no node of the group as its primary' };
  if (named !== '' && named !== primary) return { refused: `${primary} is the primary by now, not ${named}` };
  if (!by) return { refused: `automatic failover is ${group.AutomaticFailover}` };
  if (judged !== '' && judged !== by) return { refused: `it would be ${COST[by]}, and no longer ${COST[judged]}` };
  return by === 'failover' ? { by, nodeGroup: nodeGroup?.NodeGroupId ?? '', primary } : { by, primary };
}

/** The cost of a restart for people, who read it before they approve. */
export const costOf = ({ by, primary }: Restart): string =>
  by === 'failover'
    ? `A replica would take over from ${primary}: the contents stay, and for about a minute nothing can be written.`
    : `${primary} would be rebooted: everything it holds is lost.`;

/** True once a restart has visibly begun: before that, an available group proves nothing. */
export const hasBegun = (group: ReplicationGroup, node: string | undefined, by: string, former: string): boolean =>
  by === 'failover' ? group.Status !== 'available' || primaryNode(group) !== former : node !== 'available';

export const hasEnded = (group: ReplicationGroup, node: string | undefined, by: string, former: string): boolean =>
  group.Status === 'available' &&
  (by === 'failover' ? (primaryNode(group) ?? former) !== former : node === 'available');
