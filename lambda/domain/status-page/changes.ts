import type { PublicIncident } from './public-incident.ts';
import type { SiteInput } from './site.ts';
import { affects, becameUnknownAt } from './state.ts';

const earliest = (times: string[]) => times.sort()[0];
const latest = (times: string[]) => times.sort().at(-1);

/** The first time about which the page has data. */
export function knownSince({ measured, incidents, now }: SiteInput): string {
  const days = Object.entries(measured.days).flatMap(([day, share]) => (share > 0 ? [`${day}T00:00:00.000Z`] : []));
  const today = `${now.slice(0, 10)}T00:00:00.000Z`;
  return earliest([today, ...days, ...incidents.map(({ startedAt }) => startedAt)]) ?? today;
}

/** The last change of a component's state, or of an incident that affects it; not the time when the page was written. */
export function componentChangedAt(site: SiteInput, component: string): string {
  const { incidents, maintenance, now } = site;
  const unknownAt = becameUnknownAt(site);
  const began = maintenance
    .filter(({ components }) => components.includes(component))
    .flatMap(({ from, to }) => [from, to])
    .filter(time => time <= now);
  const changes = incidents.filter(incident => affects(incident, component)).map(incidentChangedAt);
  const all = [knownSince(site), ...began, ...changes, ...(unknownAt ? [unknownAt] : [])];
  return latest(all) ?? now;
}

export const incidentChangedAt = ({ updates, resolvedAt, startedAt }: PublicIncident) =>
  latest([startedAt, ...(resolvedAt ? [resolvedAt] : []), ...updates.slice(0, 1).map(({ at }) => at)]) ?? startedAt;

/** The last change of anything on the page. */
export const changedAt = (site: SiteInput): string =>
  latest([
    knownSince(site),
    ...site.components.map(({ id }) => componentChangedAt(site, id)),
    ...site.incidents.map(incidentChangedAt),
  ]) ?? site.now;
