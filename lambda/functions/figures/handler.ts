import { publishMeasurements } from '../../adapters/cloudwatch.ts';
import { PROBE_NAMESPACE } from '../../domain/diagnosis/probe-metrics.ts';
import { measurements } from '../../domain/figures/figures.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { eventSubscriber, recordDelivery } from '../../runtime/event-subscriber.ts';

/**
 * The figures of an incident that is over and was measured, as metrics dated by its resolution. They are recorded after they are published:
 * a crash between the two counts an incident twice, which is rarer, and does less harm, than metrics lost whenever
 * CloudWatch fails. `npx incident report` counts from the incidents themselves.
 */
export const handler = eventSubscriber(async (incident, entry) => {
  const { resolvedAt } = incident;
  if (entry.type !== 'OutageMeasured' || !resolvedAt || isTold(incident)) return { published: 0 };
  const figures = measurements(incident);
  if (figures.length === 0) return { published: 0 };
  await publishMeasurements(PROBE_NAMESPACE, incident.service, figures, new Date(resolvedAt));
  await recordDelivery(incident, entry, 'figures');
  return { published: figures.length };
});

/** Also when it was measured again: the first figures stay. */
const isTold = ({ timeline }: Incident) =>
  timeline.some(entry => entry.type === 'MessageDelivered' && entry.channel === 'figures');
