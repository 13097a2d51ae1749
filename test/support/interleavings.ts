import { deflateSync } from 'node:zlib';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { Random } from 'embedded-aws';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { type Committed, commit, receiveAll } from '../../lambda/runtime/command-handler.ts';
import { snapshotItem } from '../../lambda/store/keys.ts';
import { savePolicy } from '../../lambda/store/policies.ts';
import { STATE_VERSION } from '../../lambda/store/snapshots.ts';
import { KEY, policyOf, signal, type Table } from './responder.ts';
import { SlotRecord } from './slot-record.ts';
import { minute, of } from './story.ts';
import { Turns } from './turns.ts';

const ALARMS = ['a', 'b', 'c'];

type Change = Pick<Signal, 'id' | 'key' | 'state' | 'at'>;

/** What happens to the alarms, in order: each fires and clears by turns. */
const changes = fc.array(fc.constantFrom(...ALARMS), { minLength: 1, maxLength: 10, size: 'max' }).map(alarms =>
  alarms.map(
    (alarm, index): Change => ({
      id: `event ${index}`,
      key: `alarm:${alarm}`,
      state: alarms.slice(0, index).filter(earlier => earlier === alarm).length % 2 === 0 ? 'firing' : 'cleared',
      at: minute(index - 60),
    }),
  ),
);

const by = 'ada';
/** What people do, to the first incident of the slot or the second. */
const deeds = fc.constantFrom<Command>(
  ...([
    { type: 'acknowledge', by },
    { type: 'withdraw acknowledgement', by },
    { type: 'note', by, text: 'I am looking' },
    { type: 'set severity', by, severity: 'P1' },
    { type: 'resolve', by, reason: 'by hand' },
    { type: 'resolve', by, reason: 'a false alarm', cancelled: true },
    { type: 'publish', by },
    { type: 'request post-mortem', by },
    { type: 'raise action item', by, action: 'add', text: 'a larger instance' },
    { type: 'finish action item', by, item: 'A1' },
    { type: 'finish action item', by, item: 'A2' },
  ] as Command[]),
);

type Delivery = { signals: Change[] } | { command: Command; number: number };

const people = fc
  .array(fc.tuple(deeds, fc.constantFrom(1, 1, 2)), { maxLength: 24, size: 'max' })
  .map(given => given.map(([command, number], index) => ({ command: { ...command, id: `person/${index}` }, number })));

/** Signals in batches and what people do, some of it twice, in any order. */
const deliveries = fc.tuple(changes, fc.integer({ min: 1, max: 3 }), people).chain(([signals, size, deeds]) => {
  const batches = Array.from({ length: Math.ceil(signals.length / size) }, (_, index) => ({
    signals: signals.slice(index * size, (index + 1) * size),
  }));
  return fc
    .tuple(fc.subarray(batches), fc.subarray(deeds))
    .map((again): Delivery[] => [...batches, ...deeds, ...again.flat()])
    .chain(all => fc.shuffledSubarray(all, { minLength: all.length }))
    .map(arriving => ({ signals, arriving }));
});

const chance = (most: number) => fc.constantFrom(0, most / 4, most);

/** Everything that a run depends on. */
const runs = fc.record({
  given: deliveries,
  writers: fc.integer({ min: 1, max: 5 }),
  misfortune: fc.record({ lost: chance(0.1), unheard: chance(0.1), crash: chance(0.1), stale: chance(0.6) }),
  /** Another version of this code has left a snapshot of the state as it folds it. */
  foreignSnapshot: fc.boolean(),
  seed: fc.nat(),
});

/**
 * Holds the store to its property: the fold of what is stored is what was committed, however writers meet, fail and repeat
 * themselves. The test's file puts the doubles of `turns.ts` in place.
 */
export async function holdToItsProperty(table: Table, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(runs, async ({ given, writers, misfortune, foreignSnapshot, seed }) => {
    await table.renew();
    const record = new SlotRecord(KEY.slot, table.send);
    const turns = new Turns(new Random(seed), table.send, () => record.check());
    table.send = turns.send;
    turns.misfortune = misfortune;
    if (foreignSnapshot) await leaveSnapshot(table, record.slot);

    const policy = policyOf();
    const deliver = async (delivery: Delivery): Promise<void> => {
      if ('command' in delivery) {
        const key = { slot: record.slot, number: delivery.number };
        return record.keep(await commit(key, delivery.command));
      }
      const signals = delivery.signals.map(change => signal(change));
      for (const { outcome } of await receiveAll(signals, policy)) record.keep(settled(outcome));
    };
    let crashes = 0;
    /** Signals wait in a queue until they are dealt with; a person tries twice. */
    const insist = async (delivery: Delivery, writer: number): Promise<void> => {
      for (let tries = 0; tries < ('command' in delivery ? 2 : 40); tries++) {
        // The bad time ends.
        if (tries === 20) turns.misfortune = { lost: 0, unheard: 0, crash: 0, stale: misfortune.stale };
        const name = `${writer}.${crashes}`;
        const outcome = await turns.start(name, () => deliver(delivery)).catch((error: Error) => error);
        if (outcome === 'crashed') crashes++;
        if (outcome === undefined) return;
        if (outcome instanceof Error && !('$metadata' in outcome)) throw outcome;
      }
      if ('signals' in delivery) throw new Error('the signals were never received');
    };
    const work = async (writer: number) => {
      for (let i = writer; i < given.arriving.length; i += writers) await insist(given.arriving[i] as Delivery, writer);
    };
    const working = Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
    await turns.finish(working);

    turns.misfortune = { lost: 0, unheard: 0, crash: 0, stale: 0 };
    const reading = turns.start('reader', () => record.checkAll());
    await turns.finish(reading);
    const incidents = await reading;
    if (incidents === 'crashed') throw new Error('nothing crashes any more');
    expect(new Set(incidents.map(({ id }) => id)).size).toBe(incidents.length);
    const known = incidents.flatMap(incident => Object.keys(incident.signals));
    for (const { key, state } of given.signals) if (state === 'firing') expect(known).toContain(key);
    const resolved = incidents.some(({ timeline }) => of(timeline, 'Resolved').length > 0);
    // A clear before the opening is forgotten, and what it cleared is found green by `watch`; red must be known as red.
    for (const alarm of resolved ? [] : ALARMS) {
      const last = given.signals.findLast(({ key }) => key === `alarm:${alarm}`);
      if (last?.state === 'firing') expect(incidents[0]?.signals[last.key]?.state).toBe('firing');
    }
  });
  await fc.assert(property, { numRuns });
}

/** A state that looks like one of today's. */
async function leaveSnapshot(table: Table, slot: string): Promise<void> {
  const state = deflateSync(JSON.stringify({ version: 1, commits: 1, applied: [], signals: {}, status: 'closed' }));
  const policy = await savePolicy(policyOf());
  const foreign = { stateVersion: STATE_VERSION + 1, version: 1000, policy, state };
  const Item = { ...snapshotItem({ slot, number: 1 }), ...foreign };
  await table.send(new PutCommand({ TableName: process.env['INCIDENTS_TABLE'], Item }));
}

function settled(outcome: PromiseSettledResult<Committed>): Committed {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
