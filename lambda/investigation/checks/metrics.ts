import { readMetrics } from '../../adapters/cloudwatch.ts';
import { loadQueries, trafficQueries } from '../../domain/diagnosis/metrics.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { judgeTraffic, minutesOf, trafficWords } from '../../domain/diagnosis/traffic.ts';
import { known, type Latest, latest, silence, valueIn } from '../../domain/kernel/latest.ts';
import { percent, thousands } from '../../domain/kernel/numbers.ts';

/** The metrics of the last minutes: CPU, connections, the share of failing requests, and response times. */
export async function metrics(resources: Resources, now: Date) {
  const queries = loadQueries(resources);
  const series = await readMetrics([...queries, ...trafficQueries(resources)], now);
  const last = (id: string) => latest(series[id], queries.find(query => query.id === id)?.period ?? 60, now);
  const { database, minimumRequests } = resources;
  const ofMaximum = (value: number) => percent(value / database.maxConnections);
  const [connections, readers, cpu] = [last('connections'), last('readers'), last('cpu')];
  const minutes = minutesOf(series, now);
  const traffic = judgeTraffic(minutes, now, minimumRequests);
  const [writes, reads, load] = [connections, readers, cpu].map(valueIn);
  const parts = [
    writes === undefined
      ? `database connections ${silence(connections)}`
      : `${thousands(Math.round(writes))} of ${thousands(database.maxConnections)} database connections (${ofMaximum(writes)})`,
    // A cluster without readers never reports any.
    ...(readers === undefined
      ? []
      : [
          reads === undefined
            ? `of the readers ${silence(readers)}`
            : `${thousands(Math.round(reads))} on the readers (${ofMaximum(reads)})`,
        ]),
    trafficWords(traffic),
    load === undefined ? `CPU ${silence(cpu)}` : `CPU ${Math.round(load)} %`,
  ];
  const judged = (fact: 'share' | 'seconds' | 'p95'): Latest =>
    'share' in traffic && traffic[fact] !== undefined
      ? { value: traffic[fact], measuredAt: traffic.measuredAt }
      : undefined;
  const share = 'share' in traffic ? traffic.share : undefined;
  const bad = Math.max(writes ?? 0, reads ?? 0) >= database.maxConnections * 0.8 || (share ?? 0) >= 0.01;
  return {
    ok: bad ? false : writes === undefined ? null : true,
    summary: `Metrics: ${parts.join(', ')}`,
    ...known({
      databaseConnections: connections,
      databaseConnectionsShare:
        connections && 'value' in connections
          ? { ...connections, value: connections.value / database.maxConnections }
          : undefined,
      readerConnections: readers,
      usersAffectedShare: judged('share'),
      responseSeconds: judged('seconds'),
      responseP95Seconds: judged('p95'),
      cpuPercent: cpu,
    }),
  };
}
