import type { Render } from '../kernel/templates.ts';
import { type Frame, frame } from './frame.ts';
import type { PublicIncident } from './public-incident.ts';
import type { SiteFile, SiteInput } from './site.ts';

/** The page of an incident that was merged: it stays at its address, and leads to the one in which it goes on. */
export interface MergedPage extends Frame {
  id: string;
  name: string;
  into: { id: string; name: string };
}

/** The site as lists, programs and feeds show it: an incident that was merged is counted in the other one alone. */
export const withoutMerged = (site: SiteInput): SiteInput => ({
  ...site,
  incidents: site.incidents.filter(({ mergedInto }) => !mergedInto),
});

/** The pages of the incidents that were merged. */
export const mergedPages = (site: SiteInput, render: Render): SiteFile[] =>
  site.incidents.flatMap(incident => {
    const { id, mergedInto } = incident;
    if (!mergedInto) return [];
    const body = render('status-page/merged.html', mergedPage(site, incident, mergedInto));
    return [{ path: `incidents/${id}.html`, contentType: 'text/html; charset=utf-8', body }];
  });

function mergedPage(site: SiteInput, { id, name }: PublicIncident, into: string): MergedPage {
  const other = site.incidents.find(incident => incident.id === into);
  return { ...frame(site, name), id, name, into: { id: into, name: other?.name ?? into } };
}
