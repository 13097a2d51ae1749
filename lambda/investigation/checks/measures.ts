import { readMetrics } from '../../adapters/cloudwatch.ts';
import { measuredFindings } from '../../domain/diagnosis/measures.ts';
import type { Measure } from '../../domain/incident/policy.ts';
import { latest } from '../../domain/kernel/latest.ts';

/** The latest value of each metric that the playbook measures in addition to the checks of every incident. */
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
