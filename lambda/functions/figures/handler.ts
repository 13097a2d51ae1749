import { publishMeasurements } from '../../adapters/cloudwatch.ts';
import { measurements } from '../../domain/figures.ts';
import { PROBE_NAMESPACE } from '../../domain/probe.ts';
import { isDelivered, listener, recordDelivery } from '../listener.ts';

/**
 * The figures of an incident that is over, as metrics dated by its resolution. They are recorded after they are published:
 * a crash between the two counts an incident twice, which is rarer, and does less harm, than metrics lost whenever
 * CloudWatch fails. `npx incident report` counts from the incidents themselves.
 */
export const handler = listener(async (incident, entry) => {
  if (entry.type !== 'Resolved' || isDelivered(incident, entry, 'figures')) return { published: 0 };
  const figures = measurements(incident);
  if (figures.length === 0) return { published: 0 };
  await publishMeasurements(PROBE_NAMESPACE, incident.service, figures, new Date(entry.at));
  await recordDelivery(incident, entry, 'figures');
  return { published: figures.length };
});
