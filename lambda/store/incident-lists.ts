import { isPublic } from '../domain/communication/updates.ts';
import { type Incident, isOpen } from '../domain/incident/incident.ts';
import { isUnderReview } from '../domain/review/review.ts';
import { incidentsOfMonth, isStale, type ListedIncident, unfinished } from './incident-index.ts';
import { load } from './incidents.ts';
import type { IncidentKey } from './keys.ts';

/** Incidents that were found; one that cannot be read hides no other. */
export interface Found {
  incidents: Incident[];
  failures: Error[];
  /** The incidents whose attributes in the index are not those of their state: a writer ended before it updated them. */
  stale: Incident[];
}

/** All open incidents, from an index that lags by moments: the watch finds in its next minute what it missed. */
export const openIncidents = async (): Promise<Found> => only(await found('open'), isOpen);

/** The resolved incidents whose post-mortem or action items are still to be done. */
export const incidentsUnderReview = async (): Promise<Found> => only(await found('review'), isUnderReview);

const only = (all: Found, matches: (incident: Incident) => boolean): Found => ({
  ...all,
  incidents: all.incidents.filter(matches),
});

async function found(state: 'open' | 'review'): Promise<Found> {
  const items = await unfinished(state);
  const { incidents, failures } = await loadAll(items);
  const itemOf = new Map(items.map(item => [item.id, item]));
  const stale = incidents.filter(incident => {
    const item = itemOf.get(incident.id);
    return item && isStale(item, incident);
  });
  return { incidents, failures, stale };
}

/** Incidents of the status page: those that were read, and the ids of those that are as they were known. */
export interface PublicIncidents extends Omit<Found, 'stale'> {
  unchanged: string[];
}

/**
 * The published incidents that were opened in one of these months or are still open. The indexes lag by moments, so the caller
 * also gives the incidents that are known to have changed; they are read from the table. One that is over is not read again if
 * its status is the `known` one.
 */
export async function publicIncidents(
  months: readonly string[],
  changed: readonly IncidentKey[],
  known: Readonly<Record<string, string>>,
): Promise<PublicIncidents> {
  const [open, ...ofMonths] = await Promise.all([unfinished('open'), ...months.map(incidentsOfMonth)]);
  const published = ofMonths.flat().filter(item => item.published);
  const isKnown = ({ id, status }: ListedIncident) => known[id] === status;
  const keys = new Map(
    [...changed, ...open, ...published.filter(item => !isKnown(item))].map(({ slot, number }) => [
      `${slot}/${number}`,
      { slot, number },
    ]),
  );
  const { incidents: read, failures } = await loadAll([...keys.values()]);
  const incidents = read.filter(isPublic);
  const ids = new Set(incidents.map(({ id }) => id));
  return { incidents, failures, unchanged: published.flatMap(({ id }) => (ids.has(id) ? [] : [id])) };
}

/** The incidents that exist and can be read, and why others cannot. */
async function loadAll(keys: readonly IncidentKey[]): Promise<Omit<Found, 'stale'>> {
  const outcomes = await Promise.allSettled(keys.map(load));
  return {
    incidents: outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : [])),
    failures: outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as Error] : [])),
  };
}
