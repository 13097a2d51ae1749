import { readMetrics } from '../adapters/cloudwatch.ts';
import { PROBE_NAMESPACE } from '../domain/kernel/probe-metrics.ts';
import { SUBSCRIPTION_METRICS } from '../domain/on-call/subscriptions.ts';

/** The last half hour of what is delivered. */
export interface Deliveries {
  /** How many messages SNS could not deliver, of each topic. */
  failed: number[];
  /** True when the watch has never run since the check before this one: its own alarm is silent until it has run once. */
  unwatched: boolean;
}

const HOURS = 0.5;

export async function readDeliveries(
  topicArns: readonly string[],
  { service, watch, now }: { service: string; watch: string; now: Date },
): Promise<Deliveries> {
  const failed = topicArns.map((arn, i) => ({
    ...{ id: `failed${i}`, namespace: 'AWS/SNS', name: 'NumberOfNotificationsFailed' },
    ...{ dimensions: { TopicName: arn.split(':').at(-1) ?? arn }, statistic: 'Sum' as const, period: 300 },
  }));
  const runs = {
    ...{ id: 'runs', namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: watch } },
    ...{ statistic: 'Sum' as const, period: 300 },
  };
  const checks = {
    ...{ id: 'checks', namespace: PROBE_NAMESPACE, name: SUBSCRIPTION_METRICS.troubles },
    ...{ dimensions: { Service: service }, statistic: 'SampleCount' as const, period: 300 },
  };
  const points = await readMetrics([...failed, runs, checks], now, HOURS);
  const sumOf = (id: string) => (points[id] ?? []).reduce((sum, { value }) => sum + value, 0);
  return { failed: failed.map(({ id }) => sumOf(id)), unwatched: sumOf('checks') > 0 && sumOf('runs') === 0 };
}
