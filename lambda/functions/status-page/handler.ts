import * as v from 'valibot';
import { putSite, readSiteFile, type SiteBucket } from '../../adapters/site.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import { remembering } from '../../domain/kernel/templates.ts';
import { fromLastKnown, LAST_KNOWN, type LastKnown, lastKnownFile } from '../../domain/status-page/last-known.ts';
import { publicIncident, updateId } from '../../domain/status-page/public-incident.ts';
import { renderSite } from '../../domain/status-page/render-site.ts';
import type { SiteInput } from '../../domain/status-page/site.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { recordDelivery } from '../../runtime/event-subscriber.ts';
import { failuresOf, throwAny } from '../../runtime/failures.ts';
import { inTime } from '../../runtime/in-time.ts';
import { rendered } from '../../runtime/templates.ts';
import { publicIncidents } from '../../store/incident-lists.ts';
import { UnreadableIncident } from '../../store/incidents.ts';
import type { IncidentKey } from '../../store/keys.ts';
import { checkWrites } from '../../store/liveness.ts';
import { readMeasured } from './measured.ts';

/** An event of the incident bus, or of the schedule, which has no incident. */
const Trigger = v.object({
  detail: v.object({ incident: v.optional(v.object({ slot: v.string(), number: v.number() })) }),
});

/** Events as the SQS queue delivers them. */
const Queued = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), Trigger) })) });

/** The 90 days of the page's history reach into the current month and the three before. */
const MONTHS = 4;

/** Seconds for the table to answer, so that there is time left to write that nobody knows. */
const SECONDS = 20;

/** Every few minutes almost everything is as it was. */
const pages = remembering(rendered);

/**
 * Writes the whole status page, whatever has happened, so that each run makes up for those that were missed. The queue runs one
 * at a time, so that an older page never replaces a newer one. An update counts as delivered once the page shows it. While the
 * table cannot be read or written, the page is written from what was known last and says so, and the queue tries again.
 */
export const handler = entrypoint(Queued, async ({ Records }) => {
  const now = new Date();
  const changed = Records.flatMap(({ body }) => body.detail.incident ?? []);
  const [known, measured] = await Promise.all([
    inTime(SECONDS, readCurrent(now, changed)).catch((error: Error) => error),
    readMeasured(service(), now),
  ]);
  if (known instanceof Error) {
    await writeUnknown({ measured, now: now.toISOString() });
    throw known;
  }
  const { incidents, unchanged, over, ...site } = known;
  const shown = [...incidents.flatMap(incident => publicIncident(incident, rendered) ?? []), ...unchanged];
  const newestFirst = shown.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  const input = { ...site, incidents: newestFirst, measured, now: now.toISOString() };
  const files = [...pages(render => renderSite(input, render)), lastKnownFile(input, over)];
  const written = await inEach(async (bucket, i) => {
    const put = await putSite(bucket, files);
    return { ...bucket, put, delivered: i === 0 ? await recordDeliveries(incidents) : [] };
  });
  console.info({ message: 'status page written', incidents: shown.length, written });
  return written;
});

/** The site as the table tells it. While nothing can be written, the table is silent about what begins meanwhile. */
async function readCurrent(now: Date, changed: IncidentKey[]) {
  const [site] = await Promise.all([readSite(now, changed), checkWrites(service(), now.toISOString())]);
  return site;
}

/** Incidents that were over when the page was written last are as they were then: the page costs what has changed. */
async function readSite(now: Date, changed: IncidentKey[]) {
  const last = await readLastKnown().catch(() => undefined);
  const written = new Map(last?.site.incidents.map(incident => [incident.id, incident]));
  const [{ site }, { incidents, unchanged, failures }] = await Promise.all([
    deployed(),
    publicIncidents(monthsBefore(now), changed, last?.over ?? {}),
  ]);
  if (!site) throw new Error('no status page is deployed');
  // One that this code cannot read stays as it was written last. The watch tells operations.
  const away = failures.find(failure => !(failure instanceof UnreadableIncident));
  if (away) throw away;
  const over = incidents.flatMap(({ id, status }) => (isOpen({ status }) ? [] : [[id, status] as const]));
  return {
    ...site,
    incidents,
    unchanged: unchanged.flatMap(id => written.get(id) ?? []),
    over: { ...pick(last?.over ?? {}, unchanged), ...Object.fromEntries(over) },
  };
}

const pick = (record: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap(name => (record[name] === undefined ? [] : [[name, record[name]]])));

/** The newest of all buckets: a replica that refused writes for a while has an older one. @throws AggregateError when none has one */
async function readLastKnown(): Promise<LastKnown> {
  const outcomes = await Promise.allSettled(
    buckets().map(async (bucket): Promise<LastKnown> => JSON.parse(await readSiteFile(bucket, LAST_KNOWN))),
  );
  const [newest] = outcomes
    .flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    .sort((a, b) => b.readAt.localeCompare(a.readAt));
  if (!newest) throw new AggregateError(failuresOf(outcomes), 'no bucket has the site as it was written last');
  return newest;
}

async function writeUnknown(current: Pick<SiteInput, 'measured' | 'now'>): Promise<void> {
  const input = fromLastKnown(await readLastKnown(), current);
  const files = pages(render => renderSite(input, render));
  const written = await inEach(async bucket => ({ ...bucket, put: await putSite(bucket, files) }));
  console.error({
    message: 'the table cannot be read or written: the status page says that the status is unknown',
    written,
  });
}

/** Does the work for each bucket. One that fails holds up no other. */
async function inEach<Result>(work: (bucket: SiteBucket, i: number) => Promise<Result>): Promise<Result[]> {
  const outcomes = await Promise.allSettled(buckets().map(work));
  throwAny(failuresOf(outcomes));
  return outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

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
