import { describe, expect, it } from 'vitest';
import { directMinutes, directPages, observe, observed, tableAway } from '../../local/scenarios/table-away.ts';
import type { RehearsalFaults } from '../../local/world/faults.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;
const LEVELS = [1, 2, 3, 4];
const dynamodb = (from: number, to: number, operations?: string[]) => ({
  ...{ service: 'dynamodb', from, to },
  ...(operations ? { operations } : {}),
});

/** The service is down from the fifth minute on, in a world with these faults. */
async function downFor(minutes: number, faults: RehearsalFaults, seed = 1): Promise<RehearsalWorld> {
  const world = await RehearsalWorld.create(assembly(), seed, faults);
  tableAway.inject(world);
  await world.clock.run(minutes * MINUTE, () => false);
  return world;
}

function expectPaced(world: RehearsalWorld): void {
  for (const level of LEVELS) {
    // Two instances of one minute have no table in which they could find each other.
    const minutes = [...new Set(directMinutes(world, level))];
    for (const [i, minute] of minutes.slice(1).entries())
      expect(minute - (minutes[i] ?? 0), `level ${level}: ${minutes}`).toBeGreaterThanOrEqual(10);
  }
}

/** All levels are called, one after the other, and each has time to answer. */
function expectInOrder(calls: ReturnType<typeof timelineOf>): void {
  expect(calls.map(({ level }) => level)).toEqual(LEVELS);
  for (const [i, { at }] of calls.slice(1).entries())
    expect(Date.parse(at) - Date.parse(calls[i]?.at ?? '')).toBeGreaterThanOrEqual(5 * MINUTE);
}

const pagedBetween = (world: RehearsalWorld, from: number, to: number) =>
  directPages(world).filter(({ minute }) => from <= minute && minute < to);

describe('while the table is away', () => {
  it('no minute of it becomes a dead letter, and the first level hears that the watch fails', async () => {
    const world = await RehearsalWorld.create(assembly(), 1, { away: [dynamodb(0, 30)] });
    const letters: unknown[] = [];
    world.account.listen(({ type, ...letter }) => {
      if (type === 'dead letter') letters.push(letter);
    });
    await world.clock.run(45 * MINUTE, () => false);
    expect(letters).toEqual([]);
    expect(world.topics.messages.some(({ body }) => body.includes('The watch has failed in 5 of 15 minutes'))).toBe(
      true,
    );
  });

  it.each([['PutItem', 'UpdateItem'], ['PutItem'], ['UpdateItem'], ['GetItem', 'Query'], ['Query']])(
    'people are paged also when only some calls fail, and no status page says that all is well: %s',
    async (...operations) => {
      const world = await downFor(45, { away: [dynamodb(2, 45, operations)] });
      expect(directMinutes(world, 1)[0]).toBeLessThanOrEqual(15);
      expect(directMinutes(world, 2)).not.toEqual([]);
      expectPaced(world);
      const { description } = observed(world).statuses.at(-1) ?? {};
      expect(description).toMatch(/^Status unknown/);
    },
  );

  it('people are paged directly each time, and not in between', async () => {
    const world = await downFor(110, { away: [dynamodb(2, 40), dynamodb(70, 110)] });
    expect(pagedBetween(world, 2, 41)).not.toEqual([]);
    expect(pagedBetween(world, 41, 70)).toEqual([]);
    expect(pagedBetween(world, 70, 110)).not.toEqual([]);
    expect(world.incidents.size).toBeGreaterThan(0);
    expectPaced(world);
  });

  it('a table that comes and goes every two minutes has one incident, of which levels are called in order and at their pace', async () => {
    const away = Array.from({ length: 15 }, (_, i) => dynamodb(2 + 4 * i, 4 + 4 * i));
    const world = await downFor(90, { away });
    expect(world.incidents.size).toBe(1);
    const calls = timelineOf(world).filter(({ type }) => type === 'Escalated');
    // The first level is called once more when the severity rises.
    expectInOrder(calls.slice(calls.findLastIndex(({ level }) => level === 1)));
    expectPaced(world);
    expect(observed(world).statuses.at(-1)?.description).toBe('Major System Outage');
  });

  it('alarms that flap page no more often', async () => {
    const world = await RehearsalWorld.create(assembly(), 1, { away: [dynamodb(0, 60)] });
    observe(world);
    const AlarmName = 'incident-response/mockupaws-production/health-down';
    for (let minute = 0; minute < 60; minute++) {
      const StateValue = minute % 2 === 0 ? 'ALARM' : 'OK';
      world.alarms.set({ AlarmName, StateValue, StateReason: 'it flaps' });
      await world.clock.run(MINUTE, () => false);
    }
    expect(directPages(world).length).toBeGreaterThan(0);
    expect(new Set(directPages(world).map(({ level }) => level))).toEqual(new Set([1]));
    expectPaced(world);
  });

  it('invocations that come twice, late and out of order page no more often', async () => {
    const world = await downFor(90, { away: [dynamodb(2, 90)], duplicated: 1, late: 50 });
    for (const level of LEVELS) expect(directMinutes(world, level)).not.toEqual([]);
    expectPaced(world);
  });

  it('people hear that nobody sees anything when CloudWatch is away as well', async () => {
    const cloudwatch = { service: 'cloudwatch', from: 2, to: 40 };
    const world = await downFor(40, { away: [dynamodb(2, 40), cloudwatch] });
    const bodies = directPages(world).map(({ body }) => body);
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.every(body => body.includes('CloudWatch does not answer'))).toBe(true);
    expect(directMinutes(world, 2)).toEqual([]);
    expectPaced(world);
  });

  it('an incident that was acknowledged before goes on when it is back, and no level is skipped', async () => {
    const world = await RehearsalWorld.create(assembly(), 1, { away: [dynamodb(20, 100)] });
    tableAway.inject(world);
    world.people.answer({ to: 'ada@mockupaws.com', link: 'Acknowledge', after: 2, once: true });
    await world.clock.run(20 * MINUTE, () => false);
    expect(typesOf(world)).toContain('Acknowledged');
    const before = timelineOf(world).length;
    await world.clock.run(80 * MINUTE, () => false);
    expect(timelineOf(world)).toHaveLength(before);
    expect(pagedBetween(world, 20, 100)).not.toEqual([]);
    await world.clock.run(70 * MINUTE, () => false);
    const calls = timelineOf(world)
      .slice(before)
      .filter(({ type }) => type === 'Escalated');
    expectInOrder(calls);
    expectPaced(world);
  });
});
