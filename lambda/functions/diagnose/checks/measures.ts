import { type Datapoint, readMetrics } from '../../../adapters/cloudwatch.ts';
import { measured } from '../../../domain/measures.ts';
import type { Measure } from '../../../domain/policy.ts';

/** What the playbook measures beyond what is measured in every incident: the latest value of each metric. */
export async function measures(playbook: string, measures: readonly Measure[], now: Date) {
  const series = await readMetrics(
    measures.map(({ metric }, i) => ({ id: `m${i}`, ...metric })),
    now,
  );
  return measured(
    playbook,
    measures,
    measures.map(({ metric }, i) => latest(series[`m${i}`], metric.period, now)),
  );
}

/** Periods after which a value says nothing of now: what is gone reports no more, and must not be read out as it was. */
const PERIODS = 5;

function latest(series: Datapoint[] = [], period: number, now: Date): number | undefined {
  const last = series.at(-1);
  return last && now.getTime() - last.at <= PERIODS * period * 1000 ? last.value : undefined;
}
