import { clock, minutesBetween } from '../kernel/time.ts';
import { span } from '../outage/outage.ts';
import { type Dated, dated } from './frame.ts';
import type { PublicIncident, PublicUpdate } from './public-incident.ts';
import type { SiteInput } from './site.ts';
import { isOngoing, stateOf } from './state.ts';
import { listed, type PageTime, paragraphs, STATUS_WORDS, type StateView, stateView, time } from './words.ts';

/** The page of one incident. It stays at its address for ever. */
export interface IncidentPage extends Dated {
  incident: IncidentView;
}

/** An incident as a line of a list. */
export interface IncidentLine {
  id: string;
  name: string;
  /** The worst state that it caused. */
  impact: StateView;
  status: string;
  open: boolean;
  started: PageTime;
  /** How long it lasted; null while it lasts, or while that is not measured. */
  lasted: string | null;
  components: string;
}

export interface IncidentView extends IncidentLine {
  resolved: PageTime | null;
  /** The newest first. */
  updates: UpdateView[];
}

export interface UpdateView {
  id: string;
  status: string;
  paragraphs: string[];
  posted: PageTime;
}

export const incidentPage = (site: SiteInput, incident: PublicIncident): IncidentPage => ({
  ...dated(site, incident.name, isOngoing(incident)),
  incident: incidentView(incident),
});

export const incidentLine = (incident: PublicIncident): IncidentLine => {
  const {
    id,
    name,
    status,
    startedAt,
    resolvedAt,
    endedAt = resolvedAt,
    components,
    disruptions,
    unmeasured,
  } = incident;
  const harmless = disruptions ? 'Investigation' : 'No impact';
  return {
    ...{ id, name },
    impact: incident.impact === 'none' ? { state: 'operational', word: harmless } : stateView(stateOf(incident)),
    status: STATUS_WORDS[status],
    open: isOngoing(incident),
    started: time(startedAt),
    lasted: endedAt && !unmeasured ? span(Math.round(minutesBetween(startedAt, endedAt))) : null,
    components: listed(components.map(component => component.name)),
  };
};

export const incidentView = (incident: PublicIncident): IncidentView => ({
  ...incidentLine(incident),
  resolved: incident.resolvedAt ? time(incident.resolvedAt) : null,
  updates: incident.updates.map(updateView),
});

/**
 * The page shows the time of each update with its date, so the last line of the template ("Posted …"), which has no date, is
 * left out.
 */
export function updateView({ id, status, at, body }: PublicUpdate): UpdateView {
  const all = paragraphs(body);
  const shown = all.at(-1) === `Posted ${clock(at)} UTC` ? all.slice(0, -1) : all;
  return { id, status: STATUS_WORDS[status], paragraphs: shown, posted: time(at) };
}

/** All incidents, by month. */
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
