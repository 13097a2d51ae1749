import { afterAll, beforeAll, expect, it } from 'vitest';
import { SECURITY_HEADERS } from '../../lambda/domain/status-page/headers.ts';
import { nobodyAnswers } from '../../local/scenarios/nobody-answers.ts';
import { Servers } from '../../local/web/serve.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf } from './world.ts';

const MINUTE = 60_000;

const servers = await Servers.open(0);
let world: RehearsalWorld;
let mailbox: string;
let statusPage: string | null;

beforeAll(async () => {
  world = await RehearsalWorld.create(assembly(), 4);
  nobodyAnswers.inject(world);
  await world.clock.run(12 * MINUTE, () => false);
  ({ mailbox, statusPage } = servers.show(world, { scenario: nobodyAnswers, outputs: {} }));
});
afterAll(() => servers.close());

const get = async (path: string) => (await fetch(new URL(path, mailbox))).text();
const post = (path: string, origin: string, text = '') =>
  fetch(new URL(path, mailbox), { method: 'POST', headers: { origin }, body: new URLSearchParams({ text }) });

it('a person answers through the mailbox: the deployed function acts, and the mailbox shows what came of it', async () => {
  const countIn = (html: string) => html.match(/<li class="message"/g)?.length;
  expect(countIn(await get('/messages'))).toBe(world.received.length);

  const [, door = ''] = (await get('/messages?to=ada')).match(/Acknowledge: <a href="([^"]+)"/) ?? [];
  const before = timelineOf(world).length;
  expect(await get(door)).toContain('You take it on, as ada');
  for (const origin of ['https://evil.example', 'null', new URL(mailbox).origin.replace('127.0.0.1', 'localhost')])
    expect((await post(door, origin)).status, origin).toBe(403);
  expect(timelineOf(world)).toHaveLength(before);

  const sent = world.received.length;
  const answered = await post(door, new URL(mailbox).origin, 'on my way');
  expect(answered.status).toBe(200);
  expect(await answered.text()).toContain('Done: ada has acknowledged it.');
  const [acknowledged] = timelineOf(world).filter(({ type }) => type === 'Acknowledged');
  expect(acknowledged).toMatchObject({ by: 'ada', via: 'link' });
  expect(world.received.length).toBeGreaterThan(sent);
  expect(countIn(await get('/messages'))).toBe(world.received.length);
  expect(await get('/messages?to=Slack')).toContain('Acknowledged by <strong>ada</strong>');
});

it('shows nothing but the mailbox and the doors of the account', async () => {
  const [, door = ''] = (await get('/messages?to=ada')).match(/Acknowledge: <a href="\/door\/([^/]+)/) ?? [];
  for (const path of [
    '/package.json',
    '/..%2fpackage.json',
    '/door/',
    '/door/example.com/',
    `/door/${door}.example.com/`,
    '/messages?to=nobody',
    '/time',
  ])
    expect((await fetch(new URL(path, mailbox))).status, path).toBe(404);
  expect((await fetch(new URL(`/door/${door}/nonsense`, mailbox))).status).toBe(403);
  expect(world.queues.total).toBe(0);
});

it('the status page is what customers get: the files of its bucket, with the headers of the template', async () => {
  const site = (path: string, init?: RequestInit) => fetch(new URL(path, statusPage ?? ''), init);
  for (const [path, status, type, part] of [
    ['/', 200, 'text/html; charset=utf-8', 'API requests time out'],
    ['/style.css', 200, 'text/css; charset=utf-8', 'color-scheme'],
    ['/nothing', 404, 'text/html; charset=utf-8', 'No such page'],
  ] as const) {
    const answer = await site(path);
    expect([answer.status, answer.headers.get('content-type')], path).toEqual([status, type]);
    expect(Object.fromEntries(answer.headers), path).toMatchObject(SECURITY_HEADERS);
    expect(answer.headers.get('cache-control'), path).toContain('max-age=30');
    expect(await answer.text(), path).toContain(part);
  }
  const { incidents } = (await (await site('/api/v2/incidents.json')).json()) as { incidents: { id: string }[] };
  expect(incidents.map(({ id }) => id)).toEqual([...world.incidents.keys()]);
  expect((await site('/', { method: 'POST', headers: { origin: new URL(statusPage ?? '').origin } })).status).toBe(403);
});

it('a customer subscribes on the status page, confirms by the mail in the mailbox, and unsubscribes by SES', async () => {
  const email = 'noa@customer.example';
  const origin = new URL(statusPage ?? '').origin;
  const press = (url: URL, body: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', headers: { origin: url.origin, ...headers }, body: new URLSearchParams(body) });
  const linkIn = async (pattern: RegExp) => {
    const [, link = ''] = (await get(`/messages?to=${email}`)).match(pattern) ?? [];
    return new URL(link, mailbox);
  };
  const contact = () => world.mail.contacts.get(email);

  const form = await (await fetch(statusPage ?? '')).text();
  const action = new URL(form.match(/<form method="post" action="([^"]+)"/)?.[1] ?? '', origin);
  expect(action.origin).toBe(origin);
  const asked = { email, component: 'api' };
  expect((await press(action, asked, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await fetch(new URL(`/messages?to=${email}`, mailbox))).status).toBe(404);
  expect((await press(action, asked)).status).toBe(200);

  const confirm = await linkIn(/<a href="([^"]+)">https:\/\/status\.mockupaws\.com\/subscribe\//);
  expect(confirm.origin).toBe(origin);
  expect(await (await fetch(confirm)).text()).toContain('<form method="post">');
  expect(contact()).toBeUndefined();
  await press(confirm);
  expect(contact()).toMatchObject({ UnsubscribeAll: false });

  // The next update to customers is due within half an hour.
  for (let passed = 0; passed < 4; passed++) await press(new URL('/time', mailbox));
  const unsubscribe = await linkIn(/<a href="(\/door\/unsubscribe[^"]+)"/);
  await fetch(unsubscribe);
  expect(contact()).toMatchObject({ UnsubscribeAll: false });
  await press(unsubscribe);
  expect(contact()).toMatchObject({ UnsubscribeAll: true });
});
