import { readMetrics } from '../../adapters/cloudwatch.ts';
import { impactQueries } from '../../domain/diagnosis/metrics.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { MeasuredOutage } from '../../domain/incident/review-records.ts';
import { courseOf, windowOf } from '../../domain/outage/course.ts';
import { measureOutage } from '../../domain/outage/outage.ts';

/** The outage of a resolved incident by the metrics, or the reason why these cannot be read. */
export async function measure(incident: Incident, resources: Resources): Promise<MeasuredOutage> {
  const now = new Date();
  const { from, to, seconds } = windowOf(incident, now.toISOString());
  try {
    const queries = impactQueries(incident.service, resources).map(query => ({ ...query, period: seconds }));
    const hours = (Date.parse(to) - Date.parse(from)) / 3_600_000;
    const points = await readMetrics(queries, new Date(to), hours);
    const course = courseOf(points, { now, seconds, minimumRequests: resources.minimumRequests });
    return measureOutage(incident, incident.policy.criteria, course);
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `the outage cannot be measured: ${message}`, error: name });
    return { unknown: `CloudWatch did not answer (${name})` };
  }
}
