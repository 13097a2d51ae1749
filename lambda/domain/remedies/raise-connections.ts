import { type DatabaseCluster, memberOf, writerOf } from './database-cluster.ts';

/**
 * Decides which parameter group and writer to change. Roles change with every failover, so the writer must still be the
 * one that the caller expects.
 */
export function raiseOf(
  cluster: DatabaseCluster,
  named: string,
): { group: string; writer: string } | { refused: string } {
  const writer = writerOf(cluster);
  const { Status, DBClusterParameterGroup: group = '' } = cluster;
  if (Status !== 'available') return { refused: `the cluster is ${Status}` };
  if (!writer) return { refused: 'RDS names no instance of the cluster as its writer' };
  if (named !== '' && named !== writer) return { refused: `${writer} is the writer by now, not ${named}` };
  if (group.startsWith('default.'))
    return {
      refused: `the cluster has ${group}, and a default parameter group cannot be modified: give it one of its own`,
    };
  return { group, writer };
}

/** True if the instance has the new value, and waits for its reboot. */
export const awaitsReboot = (cluster: DatabaseCluster, writer: string): boolean =>
  memberOf(cluster, writer)?.DBClusterParameterGroupStatus === 'pending-reboot';

/** True if the writer has been rebooted with the new value. An available instance alone proves nothing. */
export const isRaised = (cluster: DatabaseCluster, writer: string, instance: string | undefined): boolean =>
  memberOf(cluster, writer)?.DBClusterParameterGroupStatus === 'in-sync' && instance === 'available';
