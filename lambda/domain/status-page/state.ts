import { minutesBetween } from '../kernel/time.ts';
import type { PublicImpact, PublicIncident } from './public-incident.ts';
import type { Maintenance, SiteInput } from './site.ts';

/** How a component is: Statuspage's words, and one that it has not. */
export type State =
  | 'operational'
  | 'under_maintenance'
  | 'no_data'
  | 'degraded_performance'
  | 'partial_outage'
  | 'major_outage';

/** The better first. */
export const STATES: readonly State[] = [
  'operational',
  'under_maintenance',
  'no_data',
  'degraded_performance',
  'partial_outage',
  'major_outage',
];

export const STATE_WORDS: Record<State, string> = {
  operational: 'Operational',
  under_maintenance: 'Under maintenance',
  no_data: 'No data',
  degraded_performance: 'Degraded performance',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
};

const OF_IMPACT: Record<PublicImpact, State> = {
  none: 'operational',
  minor: 'degraded_performance',
  major: 'partial_outage',
  critical: 'major_outage',
};

/** Minutes without a measurement after which nobody knows how the service is. */
export const SILENCE = 10;

/** What an incident makes of its components at its worst. */
export const stateOf = ({ impact }: Pick<PublicIncident, 'impact'>): State => OF_IMPACT[impact];

/** What it makes of them at a time while it lasts. */
export function stateAt({ impact, disruptions }: PublicIncident, at: string): State {
  if (!disruptions) return OF_IMPACT[impact];
  return worst(
    disruptions.filter(({ from, to }) => from <= at && (!to || at < to)).map(each => OF_IMPACT[each.impact]),
  );
}

export const worst = (states: readonly State[]): State =>
  STATES.findLast(state => states.includes(state)) ?? 'operational';

export const isOngoing = ({ resolvedAt }: Pick<PublicIncident, 'resolvedAt'>) => resolvedAt === undefined;

export const affects = ({ components }: PublicIncident, component: string) =>
  components.some(({ id }) => id === component);

/** Statuspage's words for where a maintenance stands. */
export type Stage = 'scheduled' | 'in_progress' | 'completed';

export function stageOf({ from, to }: Pick<Maintenance, 'from' | 'to'>, now: string): Stage {
  if (now < from) return 'scheduled';
  return now < to ? 'in_progress' : 'completed';
}

export const isMeasured = ({ measured: { lastAt }, now }: Pick<SiteInput, 'measured' | 'now'>) =>
  lastAt !== undefined && minutesBetween(lastAt, now) <= SILENCE;

/** Since when nothing is known; undefined while something is, or if nothing ever was. */
export const unknownSince = (site: SiteInput) => (isMeasured(site) ? undefined : site.measured.lastAt);

/** How a component is now: what people are told of comes first; what was not measured is not up. */
export function componentState(site: SiteInput, component: string): State {
  const { incidents, maintenance, now } = site;
  const told = worst(
    incidents
      .filter(incident => isOngoing(incident) && affects(incident, component))
      .map(incident => stateAt(incident, now)),
  );
  if (told !== 'operational') return told;
  const atWork = ({ components, ...planned }: Maintenance) =>
    components.includes(component) && stageOf(planned, now) === 'in_progress';
  if (maintenance.some(atWork)) return 'under_maintenance';
  return isMeasured(site) ? 'operational' : 'no_data';
}

export const overallState = (site: SiteInput): State =>
  worst(site.components.map(({ id }) => componentState(site, id)));
