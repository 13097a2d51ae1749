import {
  type DatabaseCluster,
  type DatabaseInstance,
  memberOf,
  readersToPromote,
  writerOf,
} from './database-cluster.ts';

/**
 * The value of the runbook's parameter for a cluster without a writer: an empty value means that any writer will do.
 */
export const NO_WRITER = 'none';

interface FailOver {
  /** The current writer, or `none`. */
  writer: string;
  reader: string;
}

/**
 * Decides which reader takes over from which writer. Roles change with every failover, so both must still have the role
 * that the caller expects.
 */
export function failOverOf(
  cluster: DatabaseCluster,
  instances: readonly DatabaseInstance[],
  named: FailOver,
): FailOver | { refused: string } {
  const writer = writerOf(cluster) ?? NO_WRITER;
  const readers = readersToPromote(cluster, instances);
  const reader = named.reader === '' ? readers[0] : named.reader;
  if (cluster.Status !== 'available') return { refused: `the cluster is ${cluster.Status}` };
  if (named.writer !== '' && named.writer !== writer)
    return { refused: `${writer === NO_WRITER ? 'no instance' : writer} is the writer by now, not ${named.writer}` };
  if (reader === undefined) return { refused: 'no reader of the cluster is available to take over' };
  if (reader === writer) return { refused: `${reader} is the writer already` };
  if (!memberOf(cluster, reader)) return { refused: `${reader} is no member of the cluster` };
  if (!readers.includes(reader)) {
    const status = instances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === reader)?.DBInstanceStatus;
    return { refused: `${reader} cannot take over: it is ${status ?? 'not among the instances of the configuration'}` };
  }
  return { writer, reader };
}

/** True if RDS names the instance as the writer and it is available. An available cluster alone proves nothing. */
export const hasTakenOver = (cluster: DatabaseCluster, reader: string, instance: string | undefined): boolean =>
  cluster.Status === 'available' && writerOf(cluster) === reader && instance === 'available';
