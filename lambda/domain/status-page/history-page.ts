import { type Dated, dated } from './frame.ts';
import { type IncidentLine, incidentLine } from './incident-page.ts';
import type { SiteInput } from './site.ts';

/** All there ever was, by month. */
export interface HistoryPage extends Dated {
  months: { name: string; incidents: IncidentLine[] }[];
}

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

export const historyPage = (site: SiteInput): HistoryPage => ({
  ...dated(site, 'History'),
  months: Object.entries(Object.groupBy(site.incidents, ({ startedAt }) => MONTH.format(new Date(startedAt)))).map(
    ([name, incidents = []]) => ({ name, incidents: incidents.map(incidentLine) }),
  ),
});
