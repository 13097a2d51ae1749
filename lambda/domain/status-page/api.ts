import type { Component } from '../incident/service-policy.ts';
import { dateTime, plusMinutes } from '../kernel/time.ts';
import { changedAt, componentChangedAt, incidentChangedAt, knownSince } from './changes.ts';
import { DAYS, history, noUptime } from './history.ts';
import type { PublicImpact, PublicIncident, PublicUpdate } from './public-incident.ts';
import type { Maintenance, SiteFile, SiteInput } from './site.ts';
import { componentState, isOngoing, overallState, type Stage, type State, stageOf, stateAt } from './state.ts';

/** Statuspage lists at most this many incidents, and as many maintenances. */
const RECENT = 50;

/**
 * Statuspage has no status for "not measured". Clients take an unknown status for operational, or reject the whole answer, so
 * `no_data` becomes the mildest status that is not "operational", and the description says that there is no data.
 */
const STATUS: Record<State, string> = {
  operational: 'operational',
  under_maintenance: 'under_maintenance',
  no_data: 'degraded_performance',
  degraded_performance: 'degraded_performance',
  partial_outage: 'partial_outage',
  major_outage: 'major_outage',
};

/** Statuspage sends `maintenance`, although its documentation does not list it. */
const ROLLUP: Record<State, { indicator: PublicImpact | 'maintenance'; description: string }> = {
  operational: { indicator: 'none', description: 'All Systems Operational' },
  under_maintenance: { indicator: 'maintenance', description: 'Service Under Maintenance' },
  no_data: { indicator: 'minor', description: 'No Current Data' },
  degraded_performance: { indicator: 'minor', description: 'Partially Degraded Service' },
  partial_outage: { indicator: 'major', description: 'Partial System Outage' },
  major_outage: { indicator: 'critical', description: 'Major System Outage' },
};

/** Statuspage has no indicator for "unknown" either: its mildest that is not "none", or that of what was known last. */
function rollup(site: SiteInput) {
  const known = ROLLUP[overallState(site)];
  const { unreadSince } = site;
  return unreadSince ? { ...known, description: `Status unknown since ${dateTime(unreadSince)}` } : known;
}

/** The files that programs read, in the shapes of Statuspage's API v2. */
export function apiFiles(site: SiteInput): SiteFile[] {
  const page = pageOf(site);
  const status = rollup(site);
  const components = site.components.map((component, index) => componentOf(site, component, index + 1));
  const affected: Affected = ids => components.filter(({ id }) => ids.includes(id));
  const toApi = (incidents: readonly PublicIncident[]) =>
    incidents.map(incident => incidentOf(site, incident, affected));
  const planned = (...stages: Stage[]) =>
    site.maintenance
      .filter(maintenance => stages.includes(stageOf(maintenance, site.now)))
      .map(maintenance => maintenanceOf(site, maintenance, affected));
  const unresolved = toApi(site.incidents.filter(isOngoing));
  const unfinished = planned('scheduled', 'in_progress');
  const answers: Record<string, object> = {
    summary: { page, components, incidents: unresolved, scheduled_maintenances: unfinished, status },
    status: { page, status },
    components: { page, components },
    // Not of Statuspage: it has no word for "unknown" and no figure.
    uptime: { page, components: site.components.map(component => uptimeOf(site, component)) },
    incidents: { page, incidents: toApi(site.incidents.slice(0, RECENT)) },
    'incidents/unresolved': { page, incidents: unresolved },
    'scheduled-maintenances': {
      page,
      scheduled_maintenances: planned('scheduled', 'in_progress', 'completed').reverse().slice(0, RECENT),
    },
    'scheduled-maintenances/upcoming': { page, scheduled_maintenances: planned('scheduled') },
    'scheduled-maintenances/active': { page, scheduled_maintenances: planned('in_progress') },
  };
  return Object.entries(answers).map(([name, answer]) => ({
    path: `api/v2/${name}.json`,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(answer),
  }));
}

/** The state and uptime of a component. What is not known is null or `no_data`, with the reason. */
function uptimeOf(site: SiteInput, { id, name }: Component) {
  const past = history(site, id);
  return {
    ...{ id, name, status: componentState(site, id) },
    uptime: past.uptime ?? null,
    reason: noUptime(past),
    days: DAYS,
    days_with_data: past.knownDays,
  };
}

/** Gives the components with these ids. */
type Affected = (ids: readonly string[]) => ReturnType<typeof componentOf>[];

const pageId = ({ url }: SiteInput) => new URL(url).hostname;

const pageOf = (site: SiteInput) => ({
  id: pageId(site),
  name: site.title,
  url: site.url,
  time_zone: 'Etc/UTC',
  updated_at: changedAt(site),
});

const componentOf = (site: SiteInput, { id, name, description }: Component, position: number) => ({
  id,
  name,
  status: STATUS[componentState(site, id)],
  created_at: knownSince(site),
  updated_at: componentChangedAt(site, id),
  position,
  description: description || null,
  showcase: true,
  start_date: null,
  group_id: null,
  page_id: pageId(site),
  group: false,
  only_show_if_degraded: false,
});

function incidentOf(site: SiteInput, incident: PublicIncident, affected: Affected) {
  const { id, name, status, impact, startedAt, monitoringAt, resolvedAt, updates, components } = incident;
  return {
    id,
    name,
    status,
    created_at: updates.at(-1)?.at ?? startedAt,
    updated_at: incidentChangedAt(incident),
    monitoring_at: monitoringAt ?? null,
    resolved_at: resolvedAt ?? null,
    impact,
    shortlink: `${site.url}/incidents/${id}.html`,
    started_at: startedAt,
    page_id: pageId(site),
    incident_updates: updates.map(update => updateOf(site, incident, update)),
    components: affected(components.map(component => component.id)),
  };
}

const isEnd = ({ status }: Pick<PublicUpdate, 'status'>) => status === 'resolved' || status === 'postmortem';

function updateOf({ subscribeUrl }: SiteInput, incident: PublicIncident, update: PublicUpdate) {
  const { id, status, at, body } = update;
  const { components, updates } = incident;
  const before = updates[updates.indexOf(update) + 1];
  const statusAfter = (posted: PublicUpdate | undefined) =>
    STATUS[posted && !isEnd(posted) ? stateAt(incident, posted.at) : 'operational'];
  return {
    ...{ id, status, body, incident_id: incident.id, created_at: at, updated_at: at, display_at: at },
    affected_components: components.map(component => ({
      code: component.id,
      name: component.name,
      old_status: statusAfter(before),
      new_status: statusAfter(update),
    })),
    deliver_notifications: subscribeUrl !== undefined,
  };
}

const STAGE_TEXTS: Record<Stage, (maintenance: Maintenance) => string> = {
  scheduled: ({ text }) => text,
  in_progress: () => 'The maintenance is under way.',
  completed: () => 'The maintenance is over.',
};

function maintenanceOf(site: SiteInput, maintenance: Maintenance, affected: Affected) {
  const { id, title, from, to, components } = maintenance;
  const status = stageOf(maintenance, site.now);
  const began: Record<Stage, string> = { scheduled: announced(site, maintenance), in_progress: from, completed: to };
  const stages = (['completed', 'in_progress', 'scheduled'] as const).filter(stage => began[stage] <= site.now);
  return {
    id,
    name: title,
    status,
    created_at: began.scheduled,
    updated_at: began[status],
    monitoring_at: null,
    resolved_at: status === 'completed' ? to : null,
    impact: 'maintenance',
    shortlink: `${site.url}/maintenance/${id}.html`,
    started_at: began.scheduled,
    page_id: pageId(site),
    incident_updates: stages.map(stage => ({
      ...{ id: `${id}-${stage}`, status: stage, body: STAGE_TEXTS[stage](maintenance), incident_id: id },
      ...{ created_at: began[stage], updated_at: began[stage], display_at: began[stage] },
      affected_components: null,
      deliver_notifications: false,
    })),
    components: affected(components),
    scheduled_for: from,
    scheduled_until: to,
  };
}

/** The time of the announcement is not recorded: it is taken as a minute before the start, or the first known time if earlier. */
const announced = (site: SiteInput, { from }: Maintenance) =>
  [knownSince(site), plusMinutes(from, -1)].sort()[0] ?? from;
