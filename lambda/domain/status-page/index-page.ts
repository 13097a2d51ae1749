import type { Render } from '../kernel/templates.ts';
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
  unmeasuredSince,
} from './state.ts';
import { listed, type PageTime, type StateView, stateView, time } from './words.ts';

/** The first page lists incidents resolved within these days, and at most this many. */
const RECENT = { days: 14, incidents: 10 };

const LEGEND = [
  ...STATES.map(state => ({ ...stateView(state), partly: false })),
  { state: 'operational' as const, word: 'Measured in part', partly: true },
];

/** The first page: the current state. */
export interface IndexPage extends Dated {
  state: State;
  headline: string;
  /** Set when nothing is measured at present; `since` is null when nothing was ever measured. */
  silent: { since: PageTime | null } | null;
  /** When the incidents were read last, if they cannot be read now. */
  unreadSince: PageTime | null;
  open: IncidentView[];
  /** Maintenance under way and scheduled. */
  maintenance: MaintenanceView[];
  days: number;
  /** The meaning of the bars of the days. */
  legend: (StateView & { partly: boolean })[];
  components: ComponentView[];
  past: (IncidentLine & { last: UpdateView | null })[];
  pastDays: number;
  /** The number of further incidents in these days. */
  more: number;
  /** The address at which customers subscribe; null when they cannot. */
  subscribeUrl: string | null;
}

export function indexPage(site: SiteInput, render: Render): IndexPage {
  const { incidents, maintenance, now } = site;
  const headline = headlineOf(site);
  const recent = incidents.filter(
    ({ resolvedAt }) => resolvedAt && minutesBetween(resolvedAt, now) <= RECENT.days * 1440,
  );
  const since = unmeasuredSince(site);
  return {
    ...dated(site, headline),
    state: overallState(site),
    headline,
    silent: isMeasured(site) ? null : { since: since ? time(since) : null },
    unreadSince: site.unreadSince ? time(site.unreadSince) : null,
    open: incidents.filter(isOngoing).map(incidentView),
    maintenance: maintenance
      .filter(planned => stageOf(planned, now) !== 'completed')
      .map(planned => maintenanceView(site, planned)),
    days: DAYS,
    legend: LEGEND,
    components: site.components.map(component => componentView(site, component, render)),
    past: recent.slice(0, RECENT.incidents).map(incident => {
      const [last] = incident.updates;
      return { ...incidentLine(incident), last: last ? updateView(last) : null };
    }),
    pastDays: RECENT.days,
    more: Math.max(0, recent.length - RECENT.incidents),
    subscribeUrl: site.subscribeUrl ?? null,
  };
}

/** The worst state that is known, with the components in it unless all are. */
function headlineOf(site: SiteInput): string {
  const state = overallState(site);
  if (site.unreadSince) return 'Status unknown';
  if (state === 'operational') return 'All systems operational';
  if (state === 'no_data') return 'No current data';
  const names = site.components.filter(({ id }) => componentState(site, id) === state).map(({ name }) => name);
  return names.length === site.components.length ? STATE_WORDS[state] : `${STATE_WORDS[state]}: ${listed(names)}`;
}
