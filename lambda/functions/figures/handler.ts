import { publishMeasurements } from '../../adapters/cloudwatch.ts';
import { measurements } from '../../domain/figures/figures.ts';
import { PROBE_NAMESPACE } from '../../domain/kernel/probe-metrics.ts';
import { eventSubscriber, recordDelivery } from '../../runtime/event-subscriber.ts';

/**
 * Publishes the figures of a resolved and measured incident as metrics, dated by its resolution. The delivery is recorded after
 * the publication: a crash between the two counts an incident twice, which is rarer and less harmful than losing metrics
 * whenever CloudWatch fails. `npx incident report` counts from the incidents themselves.
 */
export const handler = eventSubscriber(async (incident, event) => {
  const { resolvedAt, figuresPublished } = incident;
  // A repeated measurement of the outage does not change what was published.
  if (event.type !== 'OutageMeasured' || !resolvedAt || figuresPublished) return { published: 0 };
  const figures = measurements(incident);
  if (figures.length === 0) return { published: 0 };
  await publishMeasurements(PROBE_NAMESPACE, incident.service, figures, new Date(resolvedAt));
  await recordDelivery(incident, event, 'figures');
  return { published: figures.length };
});
