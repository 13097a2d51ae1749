import { readMetrics } from '../../adapters/cloudwatch.ts';
import { PROBE_METRICS, PROBE_NAMESPACE } from '../../domain/kernel/probe-metrics.ts';
import { measuredUptime } from '../../domain/status-page/measured.ts';
import type { MeasuredUptime } from '../../domain/status-page/site.ts';

const DAY = 86_400_000;

/** CloudWatch keeps metrics for this many days. */
const DAYS = 455;

/** Milliseconds for CloudWatch to answer. */
const TIMEOUT = 5000;

/**
 * The measured times, by the number of values that the probe published; CloudWatch aggregates older minutes, but keeps their
 * number. If CloudWatch does not answer, the page shows that nothing is known, so that updates do not wait for it.
 */
export async function readMeasured(service: string, now: Date): Promise<MeasuredUptime> {
  const query = (period: number) => ({
    ...{ id: 'measured', namespace: PROBE_NAMESPACE, name: PROBE_METRICS.health },
    ...{ dimensions: { Service: service }, statistic: 'SampleCount' as const, period },
  });
  const midnight = new Date(Math.ceil(now.getTime() / DAY) * DAY);
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const [days, minutes] = await Promise.all([
      readMetrics([query(86_400)], midnight, DAYS * 24, signal),
      readMetrics([query(60)], now, 1, signal),
    ]);
    return measuredUptime(days['measured'] ?? [], minutes['measured'] ?? []);
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `what was measured is not known: ${message}`, error: name });
    return { days: {} };
  }
}
