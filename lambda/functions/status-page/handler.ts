import * as v from 'valibot';
import { putSite } from '../../adapters/site.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { publicIncident } from '../../domain/status-page/public-incident.ts';
import { renderSite } from '../../domain/status-page/render-site.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { isDelivered, recordDelivery } from '../../runtime/event-subscriber.ts';
import { rendered } from '../../runtime/templates.ts';
import { publicIncidents } from '../../store/incidents.ts';
import { readMeasured } from './measured.ts';

/** An entry of an incident, or nothing but the time. */
const Told = v.object({
  detail: v.object({ incident: v.optional(v.object({ slot: v.string(), number: v.number() })) }),
});

/** What the queue hands over. */
const Queued = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), Told) })) });

/** Days of history reach into this month and three before. */
const MONTHS = 4;

/**
 * Writes the whole status page anew, whatever it was that happened: each time makes up for all that were missed. The queue
 * lets one write at a time, so that an older page never replaces a newer one. An update is delivered once it can be read.
 */
export const handler = entrypoint(Queued, async ({ Records }) => {
  const { service, site } = deployed();
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

/** `YYYY-MM`, this one first. */
const monthsBefore = (now: Date) =>
  Array.from({ length: MONTHS }, (_, i) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - i)).toISOString().slice(0, 7),
  );

/** First the one that is shown, then those from which it is shown when that one fails: they hold up no delivery. */
const buckets = () =>
  (process.env['SITE_BUCKETS'] ?? '').split(',').map(bucket => {
    const [region = '', name = ''] = bucket.split('/');
    return { region, name };
  });

/** Of the updates that have just become readable, those that nobody has recorded. */
async function recordDeliveries(incidents: Incident[]): Promise<string[]> {
  const delivered: string[] = [];
  for (const incident of incidents)
    for (const entry of incident.timeline) {
      if (entry.type !== 'UpdatePosted' || entry.to !== 'public') continue;
      if (isDelivered(incident, entry, 'status page')) continue;
      await recordDelivery(incident, entry, 'status page');
      delivered.push(`${incident.id}-${entry.seq}`);
    }
  return delivered;
}
