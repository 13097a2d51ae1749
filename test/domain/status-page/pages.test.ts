import { expect, it } from 'vitest';
import { plusMinutes } from '../../../lambda/domain/kernel/time.ts';
import { history } from '../../../lambda/domain/status-page/history.ts';
import { renderSite } from '../../../lambda/domain/status-page/render-site.ts';
import type { SiteInput } from '../../../lambda/domain/status-page/site.ts';
import { TextTemplates } from '../../../lib/platform/templates.ts';
import { statusPageSamples } from '../../../templates/samples/status-page.ts';
import { ago, busySite, maintenance, measuredFor, NOW, siteInput, told } from '../../support/status-page.ts';
import { render } from '../../support/written.ts';

const DAY = 1440;
const files = (changes: Partial<SiteInput> = {}) =>
  new Map(renderSite(siteInput(changes), render).map(({ path, body }) => [path, body]));
const page = (path: string, changes: Partial<SiteInput> = {}) => files(changes).get(path) ?? '';
/** What is read of a page. */
const text = (html: string) => html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

it('the site has pages for people, answers for programs, and feeds', () => {
  const incident = told({ from: 30 });
  const made = files({ incidents: [incident], maintenance: [maintenance(-60, -120)] });
  expect([...made.keys()].sort()).toEqual(
    [
      ...['index.html', 'history.html', '404.html', 'style.css', 'favicon.svg', 'history.atom', 'history.rss'],
      ...[`incidents/${incident.id}.html`, 'maintenance/database-upgrade.html'],
      ...['summary', 'status', 'components', 'uptime', 'incidents', 'incidents/unresolved'].map(
        name => `api/v2/${name}.json`,
      ),
      ...['', '/upcoming', '/active'].map(name => `api/v2/scheduled-maintenances${name}.json`),
    ].sort(),
  );
});

it('every template of it is tried at synthesis', () => {
  expect(Object.keys(new TextTemplates().for(statusPageSamples()).own)).toContain('status-page/index.html');
});

it('every day of every component is described in words', () => {
  const site = busySite(60);
  const shown = text(page('index.html', site));
  for (const { id } of site.components)
    for (const { date, text: told } of history(site, id).days) expect(shown).toContain(`${date}: ${told}`);
});

it.each<[string, Partial<SiteInput>]>([
  ['All systems operational', {}],
  ['Major outage: API', { incidents: [told({ from: 9 })] }],
  [
    'Degraded performance',
    { components: siteInput().components.slice(0, 1), incidents: [told({ from: 9, impact: 'minor' })] },
  ],
  ['Under maintenance: API and Website', { maintenance: [maintenance(5, -5, { components: ['api', 'website'] })] }],
  ['No current data', { measured: { ...measuredFor(90), lastAt: ago(11) } }],
])('the page begins with the overall status: %s', (headline, changes) => {
  const shown = page('index.html', changes);
  expect(text(/<h1>.*?<\/h1>/s.exec(shown)?.[0] ?? '').trim()).toBe(headline);
  expect(text(shown)).toContain('As of 2026-01-31 09:47 UTC');
});

it('the page says that data are missing, whatever else it says', () => {
  const silent = { measured: { ...measuredFor(90), lastAt: ago(11) } };
  const since = 'Nothing has been measured since 2026-01-31 09:36 UTC';
  expect(text(page('index.html', silent))).toContain(since);
  expect(text(page('index.html', { ...silent, incidents: [told({ from: 9 })] }))).toContain(since);
  const never = text(page('index.html', { measured: { days: {} } }));
  expect(never).toContain('Nothing has been measured yet');
  expect(never).not.toContain('100 %');
});

it('uptime is rounded down, and has its number of days', () => {
  const incidents = [told({ from: 5 * DAY, to: 5 * DAY - 1 })];
  expect(text(page('index.html', { incidents }))).toContain('99.99 % uptime');
  expect(text(page('index.html', { incidents, measured: measuredFor(7) }))).toContain('uptime in 7 days with data');
  const young = text(page('index.html', { incidents, measured: measuredFor(6) }));
  expect(young).toContain('No uptime yet: 6 days with data');
  expect(young).not.toMatch(/\d % uptime/);
});

it('programs get the same figure, or null with the reason, and no data as what it is', () => {
  const uptimeOf = (changes: Partial<SiteInput>) =>
    JSON.parse(files(changes).get('api/v2/uptime.json') ?? '').components[0];
  const incidents = [told({ from: 5 * DAY, to: 5 * DAY - 1 })];
  expect(uptimeOf({ incidents })).toMatchObject({ id: 'api', status: 'operational', uptime: 0.9999, reason: null });
  expect(uptimeOf({ incidents, measured: measuredFor(6) })).toMatchObject({
    ...{ uptime: null, reason: 'fewer than 7 days of data: 6', days_with_data: 6 },
  });
  expect(uptimeOf({ measured: { days: {} } })).toMatchObject({ status: 'no_data', uptime: null, days_with_data: 0 });
});

it('open incidents have all their updates, the newest first; resolved ones have the last', () => {
  const open = told({ from: 60, statuses: ['monitoring', 'identified', 'investigating'] });
  const over = told({ from: 2 * DAY, to: 2 * DAY - 30, number: 2 });
  const before = told({ from: 20 * DAY, to: 20 * DAY - 30, number: 3 });
  const shown = page('index.html', { incidents: [open, over, before] });
  const places = open.updates.map(({ id }) => shown.indexOf(`id="${id}"`));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places[0]).toBeGreaterThan(0);
  expect(shown).toContain(`/incidents/${over.id}.html`);
  expect(text(shown)).toContain('mockupAWS works as usual again');
  expect(shown.slice(shown.indexOf('id="past"'))).not.toContain(before.id);
  expect(page('history.html', { incidents: [open, over, before] })).toContain(`/incidents/${before.id}.html`);
});

it('an update has its time once, with its day', () => {
  const shown = text(page(`incidents/${told({ from: 30 }).id}.html`, { incidents: [told({ from: 30 })] }));
  expect(shown.match(/Posted/g)).toHaveLength(2);
  expect(shown).toContain('Posted 2026-01-31 09:46 UTC');
});

it('an incident without an update says so', () => {
  const incident = told({ from: 5, statuses: [] });
  expect(text(page('index.html', { incidents: [incident] }))).toContain('No update has been posted yet');
});

it('customers can subscribe to each component where a form exists', () => {
  expect(page('index.html')).not.toContain('<form');
  const form = /<form.*<\/form>/s.exec(page('index.html', { subscribeUrl: '/subscribe' }))?.[0] ?? '';
  expect(form).toContain('method="post" action="/subscribe"');
  expect([...form.matchAll(/name="component" value="(\w+)"/g)].map(([, id]) => id)).toEqual(['api', 'website', 'mail']);
});

it('the same input gives the same bytes, and a minute later only the time differs', () => {
  const site: Partial<SiteInput> = {
    incidents: [told({ from: 3 * DAY, to: 3 * DAY - 47 })],
    maintenance: [maintenance(-DAY, -DAY - 60), maintenance(DAY, DAY - 60, { id: 'done' })],
  };
  const before = files(site);
  expect(files(site)).toEqual(before);
  const later = files({ ...site, now: plusMinutes(NOW, 1), measured: { ...measuredFor(90), lastAt: NOW } });
  const others = [...later].filter(([path, body]) => before.get(path) !== body).map(([path]) => path);
  expect(others.sort()).toEqual(['history.html', 'index.html', 'maintenance/database-upgrade.html']);
  for (const path of others) expect(later.get(path)?.replaceAll('09:48', '09:47')).toBe(before.get(path));
});
