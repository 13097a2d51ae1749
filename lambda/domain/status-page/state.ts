import { minutesBetween, plusMinutes } from '../kernel/time.ts';
import type { PublicImpact, PublicIncident } from './public-incident.ts';
import type { Maintenance, SiteInput } from './site.ts';

/** The state of a component: Statuspage's words, and `no_data`, which Statuspage does not have. */
export type State =
  | 'operational'
  | 'under_maintenance'
  | 'no_data'
  | 'degraded_performance'
  | 'partial_outage'
  | 'major_outage';

/** From best to worst. */
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

/** Minutes without a measurement after which the state of the service counts as unknown. */
export const SILENCE = 10;

/** The worst state that an incident causes. */
export const stateOf = ({ impact }: Pick<PublicIncident, 'impact'>): State => OF_IMPACT[impact];

/** The state that an incident causes at a time while it lasts. */
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

/**
 * True if a deployment has renamed or removed every component that an incident affects. Nobody knows what became of them, so any
 * component may be affected.
 */
const affectsUnknown = (site: Pick<SiteInput, 'components'>, { components }: PublicIncident) =>
  components.length > 0 && !components.some(({ id }) => site.components.some(known => known.id === id));

/** The stage of a maintenance, in Statuspage's words. */
export type Stage = 'scheduled' | 'in_progress' | 'completed';

export function stageOf({ from, to }: Pick<Maintenance, 'from' | 'to'>, now: string): Stage {
  if (now < from) return 'scheduled';
  return now < to ? 'in_progress' : 'completed';
}

export const isMeasured = ({ measured: { lastAt }, now }: Pick<SiteInput, 'measured' | 'now'>) =>
  lastAt !== undefined && minutesBetween(lastAt, now) <= SILENCE;

/** The time of the last measurement if there should be a later one; undefined if there is, or if nothing was ever measured. */
export const unmeasuredSince = (site: SiteInput) => (isMeasured(site) ? undefined : site.measured.lastAt);

/** When the state became unknown; undefined while it is known, or if nothing was ever measured. */
export function becameUnknownAt(site: SiteInput): string | undefined {
  const lastMeasured = unmeasuredSince(site);
  return site.unreadSince ?? (lastMeasured && plusMinutes(lastMeasured, SILENCE));
}

/** The state of a component now: by its incidents first, then by maintenance; without measurements, or while incidents cannot be read, it is `no_data`, not up. */
export function componentState(site: SiteInput, component: string): State {
  const { incidents, maintenance, now } = site;
  const state = worst(
    incidents
      .filter(incident => isOngoing(incident) && (affects(incident, component) || affectsUnknown(site, incident)))
      .map(incident => stateAt(incident, now)),
  );
  if (state !== 'operational') return state;
  if (site.unreadSince) return 'no_data';
  const isUnderWay = ({ components, ...planned }: Maintenance) =>
    components.includes(component) && stageOf(planned, now) === 'in_progress';
  if (maintenance.some(isUnderWay)) return 'under_maintenance';
  return isMeasured(site) ? 'operational' : 'no_data';
}

export const overallState = (site: SiteInput): State =>
  worst(site.components.map(({ id }) => componentState(site, id)));
