import { expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { beginDrill } from '../../local/scenarios/drill.ts';
import type { Ticket } from '../../local/vendors/pagerduty-webhook.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;

const urlOf = (world: RehearsalWorld, door: string): string =>
  world.account.ofType('AWS::Lambda::Url').find(({ path }) => path.startsWith(`${door}/`))?.attributes['FunctionUrl'] ??
  '';
const texts = (world: RehearsalWorld) => world.vendors.slack.messages.map(({ text }) => text);

/** The actions that PagerDuty was told, in their order, each once: a repeated trigger updates the ticket. */
const actionsOf = (world: RehearsalWorld) => [
  ...new Set(world.vendors.pagerduty.events.map(({ event_action }) => event_action)),
];

it('Slack that is down for an hour delays itself alone, and then gets everything once', async () => {
  const world = await RehearsalWorld.create(assembly(), 4);
  world.vendors.down.add('slack.com');
  await suffer(world, 60);
  expect(typesOf(world)).toContain('Resolved');
  expect(texts(world)).toEqual([]);
  const channels = world.topics.messages.map(({ channel }) => channel);
  expect(channels).toContain('sms');
  expect(actionsOf(world)).toEqual(['trigger', 'resolve']);
  world.vendors.down.clear();
  await world.clock.run(10 * MINUTE, () => false);
  expect(texts(world).length).toBeGreaterThan(8);
  const told = texts(world);
  expect(told.filter((text, i) => told.indexOf(text) !== i)).toEqual([]);
  expect(texts(world).filter(text => text.includes('*Resolved*'))).toHaveLength(1);
  expect(world.vendors.slack.messages.filter(({ thread_ts }) => !thread_ts)).toHaveLength(1);
  expect(world.queues.total).toBe(0);
});

it('is told once whatever is delivered twice, late, or lost and tried again', async () => {
  const world = await RehearsalWorld.create(assembly(), 5, { duplicated: 0.4, late: 60, lost: 0.1, unheard: 0.2 });
  await suffer(world, 60);
  await world.clock.run(20 * MINUTE, () => false);
  const told = world.vendors.slack.messages.map(({ metadata }) => JSON.stringify(metadata));
  expect(told.length).toBeGreaterThan(5);
  expect(new Set(told).size).toBe(told.length);
});

it('people answer by Slack and by PagerDuty: the incident knows them, and is resolved everywhere', async () => {
  const world = await RehearsalWorld.create(assembly(), 6);
  world.parameters.set('/incident-response/mockupaws-production/automation', 'off');
  databaseConnections.inject(world);
  const { secrets } = world;
  const { slack, pagerduty } = world.vendors;
  await world.clock.run(30 * MINUTE, () => slack.messages.length > 0 && pagerduty.events.length > 0);
  await world.clock.run(2 * MINUTE, () => false);
  const [id] = world.incidents.keys();
  const signing = secrets.of('Slack/Function', 'SIGNING_SECRET') ?? '';
  const press = (button: string) => world.functions.request(urlOf(world, 'Slack'), slack.press(signing, button));
  expect(await press('acknowledge')).toMatchObject({ statusCode: 200 });
  await world.clock.run(MINUTE, () => false);
  pagerduty.act(pagerduty.ticketOf(id ?? '') as Ticket, { does: 'resolve' });
  await world.clock.run(MINUTE, () => false);
  const people = timelineOf(world).filter(({ via }) => via);
  expect(people.map(({ type, by, via }) => [type, by, via])).toEqual([
    ['Acknowledged', 'ada', 'slack'],
    ['Resolved', 'Tenex Engineer', 'pagerduty'],
    ['UpdatePosted', 'Tenex Engineer', 'pagerduty'],
    ['UpdatePosted', 'Tenex Engineer', 'pagerduty'],
  ]);
  expect(actionsOf(world)).toEqual(['trigger', 'acknowledge']);
  expect(texts(world)[0]).toContain('resolved');
  expect(JSON.stringify(slack.messages[0]?.blocks)).not.toContain('action_id');
  expect(world.queues.total).toBe(0);
});

it('a drill is marked in every message', async () => {
  const world = await RehearsalWorld.create(assembly(), 7);
  beginDrill(world);
  await world.clock.run(30 * MINUTE, () => false);
  const { slack, pagerduty } = world.vendors;
  const summaries = pagerduty.events.flatMap(({ payload }) => payload?.summary ?? []);
  expect([texts(world).length, summaries.length].every(count => count > 0)).toBe(true);
  for (const text of [...texts(world), ...summaries]) expect(text).toMatch(/^\[DRILL\]/);
  expect(JSON.stringify(slack.messages[0]?.blocks)).toContain('[DRILL]');
});

it('what a vendor refuses for good is a dead letter at once, and operations is told', async () => {
  const world = await RehearsalWorld.create(assembly(), 8);
  Object.assign(world.vendors.slack, { token: 'replaced' });
  await suffer(world, 15);
  expect(world.queues.total).toBeGreaterThan(0);
  expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('chat-dead-letters');
  expect(world.topics.messages.map(({ channel }) => channel)).toContain('sms');
});
