import { expect, it } from 'vitest';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly } from './world.ts';

const MINUTE = 60_000;
const until = (world: RehearsalWorld, time: string) => world.clock.run(Date.parse(time) - world.clock.now, () => false);

it('a quarter begins: the runbook is to be reviewed, once, and nobody is woken, asked or told outside', async () => {
  const world = await RehearsalWorld.create(assembly(), 3, {}, '2026-03-31T23:30:00.000Z');
  await until(world, '2026-03-31T23:59:30Z');
  expect(world.incidents.size).toBe(0);
  await until(world, '2026-04-01T00:10:00Z');
  const [chore, ...others] = [...world.incidents.values()];
  expect(others).toEqual([]);
  expect(chore).toMatchObject({ id: 'INC-2026-04-01-001', severity: 'P4', status: 'investigating' });
  expect(chore?.timeline.map(({ type }) => type).slice(0, 3)).toEqual([
    'IncidentOpened',
    'SignalFired',
    'ActionItemRaised',
  ]);

  const act = { type: 'finish action item', item: 'A1' };
  const done = await world.command({
    do: 'act',
    incident: chore?.id,
    by: 'dora',
    via: 'command line',
    requestId: 'r',
    act,
  });
  expect(done).toMatchObject({ happened: ['ActionItemDone', 'Resolved'] });
  await world.clock.run(20 * MINUTE, () => false);
  expect(world.incidents.size).toBe(1);

  const { slack, pagerduty } = world.vendors;
  expect([slack.messages, pagerduty.events]).toEqual([[], []]);
  const { messages } = world.topics;
  expect(messages.map(({ to, channel, subject }) => `${to}, ${channel}: ${subject}`).sort()).toEqual(
    ['cleo', 'dora'].map(name => `${name}@mockupaws.com, email: INC-2026-04-01-001 A1: Runbook Review`),
  );
  const page = world.objects
    .of(world.objects.named('StatusPage/Bucket'))
    .map(({ body }) => new TextDecoder().decode(body));
  expect(page.length).toBeGreaterThan(0);
  expect(page.filter(text => /Runbook Review|INC-2026-04-01-001/.test(text))).toEqual([]);
  expect(world.runbooks.runs).toEqual([]);
  expect(world.queues.total).toBe(0);
});
