import { readMetrics } from '../../../adapters/cloudwatch.ts';
import type { Resources } from '../../../domain/deployed.ts';
import { loadQueries, trafficQueries } from '../../../domain/investigated-metrics.ts';
import { percent } from '../../../domain/severity.ts';
import { trafficOf } from '../../traffic.ts';

/** The metrics of the last hour: load, connections, and the share of requests that fail. */
export async function metrics(resources: Resources, now: Date) {
  const series = await readMetrics([...loadQueries(resources), ...trafficQueries(resources)], now);
  const last = (id: string) => series[id]?.at(-1)?.value;
  const { maxConnections } = resources.database;
  const [connections, readers, cpu] = [last('connections'), last('readers'), last('cpu')];
  const share = trafficOf(series, now).at(-1)?.share;
  const parts = [
    ...(connections === undefined
      ? ['no database connections reported']
      : [
          `${Math.round(connections)} of ${maxConnections} database connections (${percent(connections / maxConnections)})`,
        ]),
    ...(readers === undefined ? [] : [`${Math.round(readers)} on the readers (${percent(readers / maxConnections)})`]),
    ...(share === undefined ? ['no requests counted'] : [`${percent(share)} of requests fail`]),
    ...(cpu === undefined ? [] : [`CPU ${Math.round(cpu)} %`]),
  ];
  return {
    ok: Math.max(connections ?? 0, readers ?? 0) < maxConnections * 0.8 && (share ?? 0) < 0.01,
    summary: `Metrics: ${parts.join(', ')}`,
    facts: {
      ...(connections === undefined ? {} : { databaseConnections: connections }),
      ...(readers === undefined ? {} : { readerConnections: readers }),
      ...(share === undefined ? {} : { usersAffectedShare: share }),
      ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    },
  };
}
