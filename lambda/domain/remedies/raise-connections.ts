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

/** The number that a parameter group sets; undefined for a formula, which depends on the instance, or for nothing. */
const numberIn = (value = ''): number | undefined => (/^\d+$/.test(value) ? Number(value) : undefined);

interface Raise {
  group: string;
  writer: string;
  /** The value of `max_connections` in the parameter group. */
  configured: string | undefined;
  /** The value to set. */
  wanted: string;
  /** Every cluster of the account and region. */
  clusters: readonly DatabaseCluster[];
}

/**
 * The reason why the value must not be set; undefined when it may be. It would lower what somebody has raised since, change
 * the cluster of somebody else, or put a change into effect that somebody else has prepared for another time.
 */
export function whyNotRaised(cluster: DatabaseCluster, raise: Raise): string | undefined {
  const { group, writer, configured, wanted, clusters } = raise;
  const set = numberIn(configured);
  if (set !== undefined && set > Number(wanted))
    return `max_connections in ${group} is ${set}, and ${wanted} would lower it`;
  const isPending = awaitsReboot(cluster, writer);
  if (set === Number(wanted) && !isPending) return `max_connections in ${group} is ${wanted} already`;
  const sharing = clusters.flatMap(({ DBClusterIdentifier: id, DBClusterParameterGroup: other }) =>
    other === group && id !== cluster.DBClusterIdentifier ? (id ?? []) : [],
  );
  if (sharing.length > 0)
    return `${group} is the parameter group of ${sharing.join(', ')} too, which would have ${wanted} from its next reboot on: give each cluster one of its own`;
  if (isPending && !isSet(configured, wanted))
    return `${writer} waits for a reboot already, which would put into effect what somebody has changed in ${group}: reboot it first, or set max_connections there and run this again`;
  return undefined;
}

/** True once the parameter group has the value, by this run or by one that ended halfway. */
export const isSet = (configured: string | undefined, wanted: string): boolean =>
  numberIn(configured) === Number(wanted);

/** The reason why the writer must not be rebooted any more; undefined when it must. */
export const whyNotRebooted = (group: string, configured: string | undefined, wanted: string): string | undefined =>
  isSet(configured, wanted)
    ? undefined
    : `somebody has set max_connections in ${group} to ${configured ?? 'its default'} meanwhile, not ${wanted}`;

/** True if the instance has the new value, and waits for its reboot. */
export const awaitsReboot = (cluster: DatabaseCluster, writer: string): boolean =>
  memberOf(cluster, writer)?.DBClusterParameterGroupStatus === 'pending-reboot';

/** True if the writer has been rebooted with the new value. An available instance alone proves nothing. */
export const isRaised = (cluster: DatabaseCluster, writer: string, instance: string | undefined): boolean =>
  memberOf(cluster, writer)?.DBClusterParameterGroupStatus === 'in-sync' && instance === 'available';
