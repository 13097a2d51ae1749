import { type DatabaseCluster, memberOf, writerOf } from './database-cluster.ts';

/** The group and the writer to change; roles move with every failover, so the writer must be who the caller took for it. */
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

/** The instance knows the new value, and waits for its reboot. */
export const awaitsReboot = (cluster: DatabaseCluster, writer: string): boolean =>
  memberOf(cluster, writer)?.DBClusterParameterGroupStatus === 'pending-reboot';

/** It has been rebooted with the new value: that it is available alone would prove nothing. */
export const isRaised = (cluster: DatabaseCluster, writer: string, instance: string | undefined): boolean =>
  memberOf(cluster, writer)?.DBClusterParameterGroupStatus === 'in-sync' && instance === 'available';
