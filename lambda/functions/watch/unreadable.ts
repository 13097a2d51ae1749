import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { PROBE_NAMESPACE, UNREADABLE_INCIDENTS } from '../../domain/kernel/probe-metrics.ts';
import { service } from '../../runtime/environment.ts';
import { UnreadableIncident } from '../../store/incidents.ts';

/** Notifies operations, by a metric with an alarm, of incidents that cannot be read. Returns the other failures. */
export async function withoutUnreadable(failures: readonly Error[]): Promise<Error[]> {
  const unreadable = failures.filter(failure => failure instanceof UnreadableIncident);
  for (const { message } of unreadable) console.error({ message });
  if (unreadable.length > 0)
    await publishMetrics(PROBE_NAMESPACE, service(), { [UNREADABLE_INCIDENTS]: unreadable.length }, new Date());
  return failures.filter(failure => !(failure instanceof UnreadableIncident));
}
