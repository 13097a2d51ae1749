import { publishMeasurements } from '../../adapters/cloudwatch.ts';
import { PROBE_NAMESPACE } from '../../domain/diagnosis/probe-metrics.ts';
import { measurements } from '../../domain/figures/figures.ts';
import type { IncidentHistory } from '../../domain/incident/history.ts';
import { eventSubscriber, recordDelivery } from '../../runtime/event-subscriber.ts';
import { loadHistory } from '../../store/incidents.ts';
import { keyOf } from '../../store/keys.ts';

/**
 * Publishes the figures of a resolved and measured incident as metrics, dated by its resolution. The delivery is recorded after
 * the publication: a crash between the two counts an incident twice, which is rarer and less harmful than losing metrics
 * whenever CloudWatch fails. `npx incident report` counts from the incidents themselves.
 */
export const handler = eventSubscriber(async (incident, event) => {
  const { resolvedAt } = incident;
  if (event.type !== 'OutageMeasured' || !resolvedAt) return { published: 0 };
  const history = await loadHistory(keyOf(incident));
  if (!history || isPublished(history)) return { published: 0 };
  const figures = measurements(history);
  if (figures.length === 0) return { published: 0 };
  await publishMeasurements(PROBE_NAMESPACE, incident.service, figures, new Date(resolvedAt));
  await recordDelivery(incident, event, 'figures');
  return { published: figures.length };
});

/** The figures are published once: a repeated measurement of the outage does not change them. */
const isPublished = ({ timeline }: IncidentHistory) =>
  timeline.some(event => event.type === 'MessageDelivered' && event.channel === 'figures');
