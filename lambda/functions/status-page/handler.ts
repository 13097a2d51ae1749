import * as v from 'valibot';
import { putSite } from '../../adapters/site.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { publicIncident, updateId } from '../../domain/status-page/public-incident.ts';
import { renderSite } from '../../domain/status-page/render-site.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';
import { publicIncidents } from '../../store/incident-lists.ts';
import { readMeasured } from './measured.ts';

/** An event of the incident bus, or of the schedule, which has no incident. */
const Trigger = v.object({
  detail: v.object({ incident: v.optional(v.object({ slot: v.string(), number: v.number() })) }),
});

/** Events as the SQS queue delivers them. */
const Queued = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), Trigger) })) });

/** The 90 days of the page's history reach into the current month and the three before. */
const MONTHS = 4;

/**
 * Writes the whole status page, whatever has happened, so that each run makes up for those that were missed. The queue runs one
 * at a time, so that an older page never replaces a newer one. An update counts as delivered once the page shows it.
 */
export const handler = entrypoint(Queued, async ({ Records }) => {
  const { service, site } = await deployed();
  if (!site) throw new Error('no status page is deployed');
  const now = new Date();
  const changed = Records.flatMap(({ body }) => body.detail.incident ?? []);
  const [incidents, measured] = await Promise.all([
    publicIncidents(monthsBefore(now), changed),
    readMeasured(service, now),
  ]);
  const shown = incidents.flatMap(incident => publicIncident(incident, rendered) ?? []);
  const newestFirst = shown.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  const files = renderSite({ ...site, incidents: newestFirst, measured, now: now.toISOString() }, rendered);
  const outcomes = await Promise.allSettled(
    buckets().map(async (bucket, i) => {
      const put = await putSite(bucket, files);
      return { ...bucket, put, delivered: i === 0 ? await recordDeliveries(incidents) : [] };
    }),
  );
  const written = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  console.info({ message: 'status page written', incidents: shown.length, written });
  const failures = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  return written;
});

/** The months as `YYYY-MM`, the current one first. */
const monthsBefore = (now: Date) =>
  Array.from({ length: MONTHS }, (_, i) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - i)).toISOString().slice(0, 7),
  );

/** The bucket that is shown first, then the replicas, which are shown when it fails. Replicas hold up no delivery. */
const buckets = () =>
  (process.env['SITE_BUCKETS'] ?? '').split(',').map(bucket => {
    const [region = '', name = ''] = bucket.split('/');
    return { region, name };
  });

/** Records the delivery of published updates that are not recorded yet, and returns their ids. */
async function recordDeliveries(incidents: Incident[]): Promise<string[]> {
  const delivered: string[] = [];
  for (const incident of incidents)
    for (const update of incident.publicUpdates) {
      if (update.kind !== 'update' || update.shown) continue;
      await recordDelivery(incident, update, 'status page');
      delivered.push(updateId(incident, update));
    }
  return delivered;
}
