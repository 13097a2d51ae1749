import { readMetrics } from '../../adapters/cloudwatch.ts';
import { measuredFindings } from '../../domain/diagnosis/measures.ts';
import type { Measure } from '../../domain/incident/policy.ts';
import { latest } from '../../domain/kernel/latest.ts';

/** What the playbook measures beyond what is measured in every incident: the latest value of each metric. */
export async function measures(playbook: string, measures: readonly Measure[], now: Date) {
  const series = await readMetrics(
    measures.map(({ metric }, i) => ({ id: `m${i}`, ...metric })),
    now,
  );
  return measuredFindings(
    playbook,
    measures,
    measures.map(({ metric }, i) => latest(series[`m${i}`], metric.period, now)),
  );
}
