import { Statuspage } from 'statuspage.js';
import { afterEach, describe, expect, it } from 'vitest';
import { plusMinutes } from '../../../lambda/domain/kernel/time.ts';
import { renderSite } from '../../../lambda/domain/status-page/render-site.ts';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { type Served, serve } from '../../support/served-site.ts';
import { ago, COMPONENTS, maintenance, measuredFor, NOW, siteInput, told } from '../../support/status-page.ts';
import { render } from '../../support/written.ts';

const { API, WEBSITE } = COMPONENTS;
const DAY = 1440;

/** What `/api/v2/NAME.json` answers. */
function answer(name: string, changes: Partial<SiteInput> = {}) {
  const file = renderSite(siteInput(changes), render).find(({ path }) => path === `api/v2/${name}.json`);
  return JSON.parse(file?.body ?? '');
}

const OPEN = told({ from: 38, impact: 'major', components: [API, WEBSITE], number: 3 });
const OVER = told({ from: 3 * DAY, to: 3 * DAY - 47, number: 2 });
const BUSY: Partial<SiteInput> = {
  incidents: [OPEN, OVER],
  maintenance: [
    maintenance(2 * DAY, 2 * DAY - 60, { id: 'done' }),
    maintenance(10, -50, { id: 'running' }),
    maintenance(-DAY, -DAY - 60, { id: 'planned' }),
  ],
};

describe('the Statuspage API', () => {
  let served: Served;
  afterEach(() => served.close());

  it('answers each call of a Statuspage client', async () => {
    served = await serve(renderSite(siteInput(BUSY), render));
    const client = new Statuspage('loopback');
    (client as unknown as { axios: { defaults: { baseURL: string } } }).axios.defaults.baseURL = `${served.url}/api/v2`;
    const summary = await client.summary();
    expect(summary.page).toMatchObject({ name: 'mockupAWS', url: 'https://status.mockupaws.com' });
    expect(summary.page.updated_at).toEqual(new Date(OPEN.updates[0]?.at ?? ''));
    expect(summary.status).toEqual({ indicator: 'major', description: 'Partial System Outage' });
    expect(summary.components?.map(({ id, status }) => [id, status])).toEqual([
      ['api', 'partial_outage'],
      ['website', 'partial_outage'],
      ['mail', 'operational'],
    ]);
    expect(summary.incidents?.map(({ id }) => id)).toEqual([OPEN.id]);
    expect(summary.scheduled_maintenances?.map(({ id }) => id)).toEqual(['running', 'planned']);
    expect((await client.status()).status).toEqual(summary.status);
    expect((await client.components()).components).toEqual(summary.components);
    const { incidents } = await client.allIncidents();
    expect(incidents.map(({ id, status, impact, resolved_at }) => [id, status, impact, resolved_at])).toEqual([
      [OPEN.id, 'identified', 'major', null],
      [OVER.id, 'resolved', 'critical', new Date(OVER.resolvedAt ?? '')],
    ]);
    const posted = incidents.map(incident => incident.incident_updates.map(({ created_at }) => Number(created_at)));
    for (const times of posted) expect(times).toEqual(times.toSorted((one, other) => other - one));
    expect((await client.unresolvedIncidents()).incidents).toEqual(summary.incidents);
    const ids = async (of: Promise<{ scheduled_maintenances: { id: string }[] }>) =>
      (await of).scheduled_maintenances.map(({ id }) => id);
    expect(await ids(client.allScheduledMaintenances())).toEqual(['planned', 'running', 'done']);
    expect(await ids(client.activeScheduledMaintenances())).toEqual(['running']);
    expect(await ids(client.upcomingScheduledMaintenances())).toEqual(['planned']);
  });
});

it('the API has the fields of Statuspage', () => {
  const { page, status, components, incidents, scheduled_maintenances: planned } = answer('summary', BUSY);
  const fields = (of: object) => Object.keys(of).sort().join(' ');
  expect(fields(page)).toBe('id name time_zone updated_at url');
  expect(fields(status)).toBe('description indicator');
  expect(fields(components[0])).toBe(
    'created_at description group group_id id name only_show_if_degraded page_id position showcase start_date status updated_at',
  );
  const incident =
    'components created_at id impact incident_updates monitoring_at name page_id resolved_at shortlink started_at status updated_at';
  expect(fields(incidents[0])).toBe(incident);
  expect(fields(planned[0])).toBe(`${incident} scheduled_for scheduled_until`.split(' ').sort().join(' '));
  for (const update of [incidents[0].incident_updates[0], planned[0].incident_updates[0]])
    expect(fields(update)).toBe(
      'affected_components body created_at deliver_notifications display_at id incident_id status updated_at',
    );
  expect(incidents[0].components).toEqual(components.slice(0, 2));
  expect(
    incidents[0].incident_updates.map((update: { affected_components: object[] }) => update.affected_components[0]),
  ).toEqual([
    { code: 'api', name: 'API', old_status: 'partial_outage', new_status: 'partial_outage' },
    { code: 'api', name: 'API', old_status: 'operational', new_status: 'partial_outage' },
  ]);
});

it('the API answers with empty lists, not with null', () => {
  expect(answer('summary')).toMatchObject({ incidents: [], scheduled_maintenances: [] });
  expect(answer('incidents/unresolved').incidents).toEqual([]);
  expect(answer('scheduled-maintenances').scheduled_maintenances).toEqual([]);
});

it('the API never calls a component without measurements operational', () => {
  const silent = { measured: { ...measuredFor(90), lastAt: ago(11) } };
  expect(answer('status', silent).status).toEqual({ indicator: 'minor', description: 'No Current Data' });
  for (const { status } of answer('components', silent).components) expect(status).toBe('degraded_performance');
  expect(JSON.stringify(answer('summary', silent))).not.toMatch(/operational/i);
});

it.each<[string, Partial<SiteInput>]>([
  ['All Systems Operational', {}],
  ['Service Under Maintenance', { maintenance: [maintenance(5, -5)] }],
  ['Partially Degraded Service', { incidents: [told({ from: 5, impact: 'minor' })] }],
  ['Partial System Outage', { incidents: [told({ from: 5, impact: 'major' })] }],
  ['Major System Outage', { incidents: [told({ from: 5 })] }],
])('the API describes the overall status as %s', (description, changes) => {
  expect(answer('status', changes).status.description).toBe(description);
});

it('the API lists the newest 50 incidents, and all that are open', () => {
  const incidents = Array.from({ length: 60 }, (_, index) => told({ from: 60 + index, number: 60 - index }));
  expect(answer('incidents', { incidents }).incidents).toHaveLength(50);
  expect(answer('incidents/unresolved', { incidents }).incidents).toHaveLength(60);
});

it.each<[string, Partial<SiteInput>, string]>([
  ['the last update', { incidents: [OPEN, OVER] }, OPEN.updates[0]?.at ?? ''],
  ['the end of maintenance', { maintenance: [maintenance(120, 60)] }, ago(60)],
  ['the loss of measurements', { measured: { ...measuredFor(90), lastAt: ago(30) } }, ago(20)],
  ['the first day when nothing has happened', {}, '2025-11-03T00:00:00.000Z'],
])('the API dates the page by %s, not by when it is written', (_, changes, at) => {
  expect(answer('summary', changes).page.updated_at).toBe(at);
  const later = {
    ...changes,
    now: plusMinutes(NOW, 1),
    measured: changes.measured ?? { ...measuredFor(90), lastAt: NOW },
  };
  expect(answer('summary', later)).toEqual(answer('summary', changes));
});
