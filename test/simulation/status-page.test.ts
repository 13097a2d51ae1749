import type { WorldEvent } from 'embedded-aws';
import { beforeAll, describe, expect, it } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { unfitForCustomers } from '../../lambda/domain/communication/customer-text.ts';
import { servicePolicy } from '../../lib/config/service-policy.ts';
import { beginDrill } from '../../local/scenarios/drill.ts';
import { nobodyAnswers } from '../../local/scenarios/nobody-answers.ts';
import { serviceDown } from '../../local/scenarios/service-down.ts';
import { type Entry, RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;

/** The updates that the page has shown, as programs read them. */
function shownBy(world: RehearsalWorld): WorldEvent[] {
  const shown: WorldEvent[] = [];
  world.account.listen(happened => {
    if (happened.type === 'status page') shown.push(happened);
  });
  return shown;
}

const isShown = ({ type, channel }: Entry) => type === 'MessageDelivered' && channel === 'status page';

/** Every file of the site, by its key. */
const filesOf = ({ objects }: RehearsalWorld) =>
  objects
    .of(objects.named('StatusPage/Bucket'))
    .map(({ key, body }) => ({ key, text: new TextDecoder().decode(body) }));

/** The response that a visitor gets. */
async function visit(world: RehearsalWorld, path: string, method: 'GET' | 'POST' = 'GET') {
  const site = world.distributions.below('StatusPage');
  if (!site) throw new Error('the app has no status page');
  const { body, ...answer } = await world.distributions.answer(site, {
    method,
    path,
    search: '',
    headers: {},
    body: '',
  });
  return { ...answer, body: typeof body === 'string' ? body : new TextDecoder().decode(body) };
}

/** Matches a word of its own. */
const contains = (text: string, word: string) =>
  new RegExp(`(?<![\\w-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'i').test(text);

const minutesFrom = (start: string | undefined, end: string | undefined) =>
  (Date.parse(end ?? '') - Date.parse(start ?? '')) / MINUTE;

describe('when the service is down', () => {
  let world: RehearsalWorld;
  let shown: WorldEvent[];
  beforeAll(async () => {
    world = await RehearsalWorld.create(assembly(), 11);
    shown = shownBy(world);
    serviceDown.inject(world);
    await world.clock.run(60 * MINUTE, () => serviceDown.done(world));
    await world.clock.run(6 * MINUTE, () => false);
  });

  it('tells of it within minutes, of each change, and that it is over', () => {
    const opened = timelineOf(world).find(({ type }) => type === 'IncidentOpened')?.at;
    expect(minutesFrom(opened, shown[0]?.at)).toBeLessThan(6);
    expect(shown.map(({ status }) => status)).toEqual(['identified', 'monitoring', 'resolved']);
    const resolved = timelineOf(world).find(({ type }) => type === 'Resolved')?.at;
    expect(minutesFrom(resolved, shown.at(-1)?.at)).toBeLessThan(1);
  });

  it('shows each update at once, and records that it can be read', () => {
    const posted = timelineOf(world).filter(({ type, to }) => type === 'UpdatePosted' && to === 'public');
    const delivered = timelineOf(world).filter(isShown);
    expect(delivered.map(({ about }) => about)).toEqual(posted.map(({ seq }) => seq));
    for (const [i, { at }] of delivered.entries()) expect(minutesFrom(posted[i]?.at, at)).toBeLessThan(0.5);
    expect(shown.every(({ at }, i) => at <= (delivered[i]?.at ?? ''))).toBe(true);
    expect(typesOf(world)).not.toContain('TargetMissed');
    expect(world.queues.total).toBe(0);
  });

  it('names nothing internal in any file: no name, ARN, address, alarm, person or error', () => {
    const { people, ecs, redis } = config;
    const alarms = world.account.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
    const [opening] = timelineOf(world);
    const words = [
      ...Object.keys(people),
      ...Object.values(people).flatMap(addresses => Object.values(addresses)),
      ...[ecs.cluster, ecs.service, ...(redis?.nodes ?? [])],
      ...alarms.flatMap(({ AlarmName, AlarmDescription }) => [AlarmName, AlarmDescription]),
      ...world.account.ofType('AWS::Lambda::Function').map(({ ref }) => ref),
      ...Object.keys(world.account.assembly.template.Metadata?.['incident-response'] ?? {}),
      ...[
        opening?.['title'],
        'alarm',
        'P1',
        'automation',
        'runbook',
        'Exception',
        'Error:',
        'undefined',
        'NaN',
        '[object',
      ],
    ];
    const files = filesOf(world);
    expect(files.length).toBeGreaterThan(10);
    for (const { key, text } of files) {
      expect(unfitForCustomers(text, servicePolicy(config)), key).toBeUndefined();
      const found = words.filter(word => contains(text, word));
      expect(found, key).toEqual([]);
    }
  });

  it('is read through CloudFront alone, and only read', async () => {
    const [incident = ''] = world.incidents.keys();
    expect(await visit(world, '/')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: expect.stringContaining('mockupAWS'),
    });
    expect((await visit(world, '/')).headers['content-security-policy']).toContain("default-src 'none'");
    expect((await visit(world, `/incidents/${incident}.html`)).body).toContain('Resolved');
    expect(await visit(world, '/history.atom')).toMatchObject({ headers: { 'access-control-allow-origin': '*' } });
    expect(await visit(world, '/nothing')).toMatchObject({
      status: 404,
      body: expect.stringContaining('No such page'),
    });
    expect((await visit(world, '/', 'POST')).status).toBe(403);
  });
});

it('says nothing of a drill', async () => {
  const world = await RehearsalWorld.create(assembly(), 12);
  const shown = shownBy(world);
  beginDrill(world);
  await world.clock.run(40 * MINUTE, () => false);
  expect(typesOf(world)).toContain('StepStarted');
  expect(shown).toEqual([]);
  const [incident = ''] = world.incidents.keys();
  expect(filesOf(world).filter(({ key, text }) => key.includes(incident) || text.includes(incident))).toEqual([]);
  expect((await visit(world, '/')).body).toContain('Operational');
});

it('what it cannot show counts as missed, which people are told, and operations that it fails', async () => {
  const world = await RehearsalWorld.create(assembly(), 13, { broken: ['status-page'] });
  nobodyAnswers.inject(world);
  await world.clock.run(30 * MINUTE, () => false);
  const missed = timelineOf(world).find(({ type, to }) => type === 'TargetMissed' && to === 'public');
  const posted = timelineOf(world).find(({ type, to }) => type === 'UpdatePosted' && to === 'public');
  expect(minutesFrom(posted?.at, missed?.at)).toBeCloseTo(11, -1);
  const next = timelineOf(world)[(missed?.seq ?? 0) + 1];
  expect(next).toMatchObject({ type: 'Escalated', level: 2, reason: 'the update to customers has not gone out' });
  expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('status-page-failing');
  expect(filesOf(world)).toEqual([]);
});

it('without CloudWatch, what is not known is no data, and what is told is told all the same, once', async () => {
  const deaf = assembly();
  for (const [id, { Properties }] of Object.entries(deaf.template.Resources))
    if (id.includes('StatusPageRoleDefaultPolicy'))
      Properties['PolicyDocument'].Statement = Properties['PolicyDocument'].Statement.filter(
        ({ Action }: { Action: string }) => Action !== 'cloudwatch:GetMetricData',
      );
  const world = await RehearsalWorld.create(deaf, 14, { duplicated: 0.3, late: 60, lost: 0.1, unheard: 0.1 });
  const shown = shownBy(world);
  expect((await visit(world, '/')).body).toContain('No data');
  await suffer(world, 60);
  const posted = timelineOf(world).filter(({ type, to }) => type === 'UpdatePosted' && to === 'public');
  expect(posted.length).toBeGreaterThan(1);
  expect(shown.map(({ status }) => status)).toEqual(posted.map(({ status }) => status));
  expect(new Set(shown.map(({ update }) => update)).size).toBe(shown.length);
  expect(timelineOf(world).filter(isShown)).toHaveLength(shown.length);
});
