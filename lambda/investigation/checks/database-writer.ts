import { readMetrics } from '../../adapters/cloudwatch.ts';
import { findCluster, findInstances } from '../../adapters/rds.ts';
import { askWriter } from '../../adapters/writer-state.ts';
import type { MetricQuery } from '../../domain/diagnosis/metrics.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { minutesLost, type WriterState } from '../../domain/diagnosis/writer.ts';
import { PROBE_METRICS, PROBE_NAMESPACE } from '../../domain/kernel/probe-metrics.ts';
import { readersToPromote, writerOf } from '../../domain/remedies/database-cluster.ts';
import { NO_WRITER } from '../../domain/remedies/fail-over.ts';
import { service } from '../../runtime/environment.ts';

const probed = (id: string, name: string): MetricQuery => ({
  ...{ id, namespace: PROBE_NAMESPACE, name, dimensions: { Service: service() } },
  ...{ statistic: 'Minimum', period: 60 },
});

/** Checks that the database has a writer that accepts writes; if not, since how long, and which reader could take over. */
export async function databaseWriter({ database: { cluster: id }, databaseInstances = [] }: Resources, now: Date) {
  const cluster = await findCluster(id);
  if (!cluster) return { ok: false, summary: `Database writer: there is no cluster ${id}`, facts: {} };
  const writer = writerOf(cluster);
  const [state, series, instances] = await Promise.all([
    writer === undefined ? undefined : askWriter(),
    readMetrics([probed('gone', PROBE_METRICS.writerGone), probed('readonly', PROBE_METRICS.writerReadOnly)], now),
    findInstances(databaseInstances),
  ]);
  const gone = writer === undefined ? minutesLost(series['gone'] ?? [], now) : 0;
  const readOnly = state?.answered && state.readOnly ? minutesLost(series['readonly'] ?? [], now) : 0;
  const readers = readersToPromote(cluster, instances);
  const [reader] = readers;
  const well = state?.answered && !state.readOnly && !state.bySetting;
  const available = cluster.Status === 'available';
  return {
    ok: well ? true : state === undefined || (state.answered && state.readOnly) ? false : null,
    summary: `Database writer: ${[
      writer === undefined ? `there is none, for ${gone} min at least` : `${writer} ${words(state, readOnly)}`,
      ...(available ? [] : [`the cluster is ${cluster.Status}`]),
      reader === undefined ? 'no reader is available to take over' : `${reader} can take over`,
    ].join(', ')}`,
    facts: {
      writerGoneMinutes: gone,
      // A writer that does not answer may or may not accept writes.
      ...((state === undefined || state.answered) && { writerReadOnlyMinutes: readOnly }),
      ...{ readersAvailable: readers.length, clusterAvailable: Number(available) },
    },
    objects: { lostWriter: writer ?? NO_WRITER, ...(reader && { readerToPromote: reader }) },
  };
}

function words(state: WriterState | undefined, minutes: number): string {
  if (!state?.answered) return `did not answer (${state?.reason})`;
  if (state.readOnly) return `has been read-only for ${minutes} min at least`;
  return state.bySetting
    ? 'cannot be told to accept writes, as default_transaction_read_only is on for this user'
    : 'accepts writes';
}
