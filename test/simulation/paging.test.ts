import { describe, expect, it } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { onCall } from '../../lambda/domain/on-call/roster.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, suffer, timelineOf } from './world.ts';

const MINUTE = 60_000;
const addressesOf = (...names: string[]) => names.flatMap(name => Object.values(config.people[name] ?? {}));

/** The messages of those who are called. */
const received = ({ topics }: RehearsalWorld) => topics.messages.filter(({ topic }) => topic !== 'Paging/Notices');

const pagesOf = (world: RehearsalWorld) => timelineOf(world).filter(({ type }) => type === 'PageSent');

describe('who is called', () => {
  it('is who is on call when it happens, also where the hand-over falls into the incident', async () => {
    // The hand-over is at nine in New York, which is 14:00 UTC.
    const world = await RehearsalWorld.create(assembly(), 11, {}, '2026-03-02T13:35:00.000Z');
    await suffer(world, 60);
    const entries = timelineOf(world);
    const pages = pagesOf(world);
    for (const { level, about, to } of pages) {
      const roster = config.escalation[level - 1];
      if (entries[about]?.type !== 'Resolved') expect(roster && onCall(roster, entries[about]?.at ?? '')).toContain(to);
    }
    const first = pages.filter(({ level }) => level === 1).map(({ to }) => to);
    expect(new Set(first)).toEqual(new Set(['ada', 'ben']));
    const named = new Set(pages.map(({ to }) => to));
    const reached = new Set(received(world).map(({ to }) => to));
    expect([...reached].sort()).toEqual(addressesOf(...named).sort());
  });

  it('is told once, on each address, with a link in the SMS', async () => {
    const world = await RehearsalWorld.create(assembly(), 3);
    await suffer(world, 40);
    const messages = received(world);
    for (const { channel, body } of messages)
      expect(body).toMatch(
        channel === 'sms' ? /^.{20,180}(by \d\d:\d\d UTC|Respond now)\nhttps:\S+$/ : /^.+\n\nAnswer\n {2}\w+: +https:/,
      );
    const emails = messages.filter(({ channel }) => channel === 'email');
    expect(emails).toHaveLength(pagesOf(world).length);
    expect(messages.length - emails.length).toBe(pagesOf(world).filter(({ urgency }) => urgency === 'page').length);
  });
});

describe('somebody who would not be reached', () => {
  const told = (world: RehearsalWorld, alarm: string) =>
    world.topics.messages.filter(({ subject }) => subject.includes(alarm)).map(({ to }) => to);

  it('is told to operations, and to the first level when nobody on call would be reached; no log names an address', async () => {
    const world = await RehearsalWorld.create(assembly(), 1);
    const logs: string[] = [];
    world.account.listen(({ type, line }) => type === 'log' && logs.push(JSON.stringify(line)));
    await world.clock.run(20 * MINUTE, () => false);
    expect(world.topics.messages).toEqual([]);

    world.topics.become('deleted', 'ada@mockupaws.com', 'Level1');
    await world.clock.run(31 * MINUTE, () => false);
    expect(told(world, 'people-not-reached')).toEqual(['operations@mockupaws.com']);
    expect(told(world, 'level-without-anybody')).toEqual([]);

    world.topics.become('pending', '+15555550100', 'Level1');
    await world.clock.run(31 * MINUTE, () => false);
    expect(told(world, 'level-without-anybody').sort()).toEqual(
      [...addressesOf('operations'), '+15555550100', '+15555550101'].sort(),
    );

    expect(logs.join()).toContain('"person":"ada"');
    expect(logs.join()).not.toMatch(/@mockupaws\.com|\+1555/);
  });
});
