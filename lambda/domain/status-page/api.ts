import type { Impact, PublicIncident, PublicUpdate } from '../public-incident.ts';
import { plusMinutes } from '../time.ts';
import { changedAt, componentChangedAt, incidentChangedAt, knownSince } from './changes.ts';
import type { Maintenance, SiteFile, SiteInput } from './site.ts';
import { componentState, isOpen, overallState, type Stage, type State, stageOf, stateOf } from './state.ts';

/** How many incidents and maintenances Statuspage lists. */
const RECENT = 50;

/**
 * Statuspage has no word for what was not measured, and its clients take whatever they do not know for well, or cannot read it:
 * the mildest word that is not "operational" is said instead, and the description says what it is.
 */
const STATUS: Record<State, string> = {
  operational: 'operational',
  under_maintenance: 'under_maintenance',
  no_data: 'degraded_performance',
  degraded_performance: 'degraded_performance',
  partial_outage: 'partial_outage',
  major_outage: 'major_outage',
};

const INDICATORS: Record<State, { indicator: Impact | 'maintenance'; description: string }> = {
  operational: { indicator: 'none', description: 'All Systems Operational' },
  under_maintenance: { indicator: 'maintenance', description: 'Service Under Maintenance' },
  no_data: { indicator: 'minor', description: 'No Current Data' },
  degraded_performance: { indicator: 'minor', description: 'Partially Degraded Service' },
  partial_outage: { indicator: 'major', description: 'Partial System Outage' },
  major_outage: { indicator: 'critical', description: 'Major System Outage' },
};

/** What programs read, in the shapes of Statuspage's API v2. */
export function apiFiles(site: SiteInput): SiteFile[] {
  const page = {
    id: pageId(site),
    name: site.title,
    url: site.url,
    time_zone: 'Etc/UTC',
    updated_at: changedAt(site),
  };
  const status = INDICATORS[overallState(site)];
  const components = site.components.map(({ id }) => componentOf(site, id));
  const incidents = (of: readonly PublicIncident[]) => of.map(incident => incidentOf(site, incident));
  const unresolved = incidents(site.incidents.filter(isOpen));
  const planned = (...stages: Stage[]) =>
    site.maintenance
      .filter(maintenance => stages.includes(stageOf(maintenance, site.now)))
      .map(maintenance => maintenanceOf(site, maintenance));
  const answers: Record<string, object> = {
    summary: {
      page,
      components,
      incidents: unresolved,
      scheduled_maintenances: planned('scheduled', 'in_progress'),
      status,
    },
    status: { page, status },
    components: { page, components },
    incidents: { page, incidents: incidents(site.incidents.slice(0, RECENT)) },
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

const pageId = ({ url }: SiteInput) => new URL(url).hostname;

function componentOf(site: SiteInput, id: string) {
  const position = site.components.findIndex(component => component.id === id);
  const { name = id, description = '' } = site.components[position] ?? {};
  return {
    id,
    name,
    status: STATUS[componentState(site, id)],
    created_at: knownSince(site),
    updated_at: componentChangedAt(site, id),
    position: position + 1,
    description: description || null,
    showcase: true,
    start_date: null,
    group_id: null,
    page_id: pageId(site),
    group: false,
    only_show_if_degraded: false,
  };
}

const incidentOf = (site: SiteInput, incident: PublicIncident) => {
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
    incident_updates: updates.map((update, index) => updateOf(incident, update, index === updates.length - 1)),
    components: known(site, components).map(component => componentOf(site, component)),
  };
};

/** Those that are still configured. */
const known = (site: SiteInput, components: PublicIncident['components']) =>
  site.components.filter(({ id }) => components.some(component => component.id === id)).map(({ id }) => id);

function updateOf(incident: PublicIncident, { id, status, at, body }: PublicUpdate, isFirst: boolean) {
  const during = STATUS[stateOf(incident)];
  const over = status === 'resolved' || status === 'postmortem';
  return {
    ...{ id, status, body, incident_id: incident.id, created_at: at, updated_at: at, display_at: at },
    affected_components: incident.components.map(component => ({
      code: component.id,
      name: component.name,
      old_status: isFirst || status === 'postmortem' ? 'operational' : during,
      new_status: over ? 'operational' : during,
    })),
    deliver_notifications: true,
  };
}

const STAGE_TEXTS: Record<Stage, (maintenance: Maintenance) => string> = {
  scheduled: ({ text }) => text,
  in_progress: () => 'The maintenance is under way.',
  completed: () => 'The maintenance is over.',
};

function maintenanceOf(site: SiteInput, maintenance: Maintenance) {
  const { id, title, from, to, components } = maintenance;
  const status = stageOf(maintenance, site.now);
  const begins: Record<Stage, string> = { scheduled: announced(site, maintenance), in_progress: from, completed: to };
  const stages = (['completed', 'in_progress', 'scheduled'] as const).filter(stage => begins[stage] <= site.now);
  return {
    id,
    name: title,
    status,
    created_at: begins.scheduled,
    updated_at: begins[status],
    monitoring_at: null,
    resolved_at: status === 'completed' ? to : null,
    impact: 'maintenance',
    shortlink: `${site.url}/maintenance/${id}.html`,
    started_at: begins.scheduled,
    page_id: pageId(site),
    incident_updates: stages.map(stage => ({
      ...{ id: `${id}-${stage}`, status: stage, body: STAGE_TEXTS[stage](maintenance), incident_id: id },
      ...{ created_at: begins[stage], updated_at: begins[stage], display_at: begins[stage] },
      affected_components: null,
      deliver_notifications: false,
    })),
    components: site.components.filter(each => components.includes(each.id)).map(each => componentOf(site, each.id)),
    scheduled_for: from,
    scheduled_until: to,
  };
}

/** Nobody wrote down when work was announced: before it began, and not before anything is known. */
const announced = (site: SiteInput, { from }: Maintenance) =>
  [knownSince(site), plusMinutes(from, -1)].sort()[0] ?? from;
