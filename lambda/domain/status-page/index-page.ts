import { minutesBetween } from '../kernel/time.ts';
import { type ComponentView, componentView } from './component-view.ts';
import { type Dated, dated } from './frame.ts';
import { DAYS } from './history.ts';
import {
  type IncidentLine,
  type IncidentView,
  incidentLine,
  incidentView,
  type UpdateView,
  updateView,
} from './incident-page.ts';
import { type MaintenanceView, maintenanceView } from './maintenance-page.ts';
import type { SiteInput } from './site.ts';
import {
  componentState,
  isMeasured,
  isOngoing,
  overallState,
  STATE_WORDS,
  STATES,
  type State,
  stageOf,
  unknownSince,
} from './state.ts';
import { listed, type PageTime, type StateView, stateView, time } from './words.ts';

/** Days for which what is over is told on the first page, and how many of them at most. */
const RECENT = { days: 14, incidents: 10 };

const LEGEND = [
  ...STATES.map(state => ({ ...stateView(state), partly: false })),
  { state: 'operational' as const, word: 'Measured in part', partly: true },
];

/** How things stand. */
export interface IndexPage extends Dated {
  state: State;
  headline: string;
  /** Nothing is measured at present. */
  silent: { since: PageTime | null } | null;
  open: IncidentView[];
  /** Under way, and to come. */
  maintenance: MaintenanceView[];
  days: number;
  /** What the bars of the days mean. */
  legend: (StateView & { partly: boolean })[];
  components: ComponentView[];
  past: (IncidentLine & { last: UpdateView | null })[];
  pastDays: number;
  /** How many more there were in these days. */
  more: number;
  /** Where customers subscribe; null, they cannot. */
  subscribeUrl: string | null;
}

export function indexPage(site: SiteInput): IndexPage {
  const { incidents, maintenance, now } = site;
  const headline = headlineOf(site);
  const recent = incidents.filter(
    ({ resolvedAt }) => resolvedAt && minutesBetween(resolvedAt, now) <= RECENT.days * 1440,
  );
  const since = unknownSince(site);
  return {
    ...dated(site, headline),
    state: overallState(site),
    headline,
    silent: isMeasured(site) ? null : { since: since ? time(since) : null },
    open: incidents.filter(isOngoing).map(incidentView),
    maintenance: maintenance
      .filter(planned => stageOf(planned, now) !== 'completed')
      .map(planned => maintenanceView(site, planned)),
    days: DAYS,
    legend: LEGEND,
    components: site.components.map(component => componentView(site, component)),
    past: recent.slice(0, RECENT.incidents).map(incident => {
      const [last] = incident.updates;
      return { ...incidentLine(incident), last: last ? updateView(last) : null };
    }),
    pastDays: RECENT.days,
    more: Math.max(0, recent.length - RECENT.incidents),
    subscribeUrl: site.subscribeUrl ?? null,
  };
}

/** The worst there is, and where, if it is not everywhere. */
function headlineOf(site: SiteInput): string {
  const state = overallState(site);
  if (state === 'operational') return 'All systems operational';
  if (state === 'no_data') return 'No current data';
  const names = site.components.filter(({ id }) => componentState(site, id) === state).map(({ name }) => name);
  return names.length === site.components.length ? STATE_WORDS[state] : `${STATE_WORDS[state]}: ${listed(names)}`;
}
