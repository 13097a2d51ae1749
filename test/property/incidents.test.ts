import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { isOpen } from '../../lambda/domain/incident/incident.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { commit, receive } from '../../lambda/runtime/command-handler.ts';
import { loadHistory } from '../../lambda/store/incidents.ts';
import { policyOf, signal, useResponder } from '../support/responder.ts';
import { minute, of } from '../support/story.ts';

useResponder();

const ALARMS = ['a', 'b', 'c'];

/** What happens to the alarms, in order: each fires and clears by turns. */
const changes = fc.array(fc.constantFrom(...ALARMS), { minLength: 1, maxLength: 12, size: 'max' }).map(alarms =>
  alarms.map(
    (alarm, index): Omit<Signal, 'service' | 'playbook' | 'level' | 'summary'> => ({
      id: `event ${index}`,
      key: `alarm:${alarm}`,
      state: alarms.slice(0, index).filter(earlier => earlier === alarm).length % 2 === 0 ? 'firing' : 'cleared',
      at: minute(index - 60),
    }),
  ),
);

/** Their events, some of them twice, and a person who resolves now and then, dealt out to writers in any order. */
const arrivals = changes.chain(signals =>
  fc.record({
    signals: fc.constant(signals),
    events: fc
      .tuple(fc.subarray(signals), fc.constantFrom<'resolve'[]>([], ['resolve'], ['resolve', 'resolve', 'resolve']))
      .map(([again, resolutions]) => [...signals, ...again, ...resolutions])
      .chain(all => fc.shuffledSubarray(all, { minLength: all.length })),
    lanes: fc.integer({ min: 2, max: 8 }),
  }),
);

let slots = 0;

test('signals in any order, repeated or concurrent, are all recorded, and open at most one incident', async () => {
  const ids = new Set<string>();
  const property = fc.asyncProperty(arrivals, async ({ signals, events, lanes }) => {
    const playbook = `Playbook${++slots}`;
    const slot = `mockupaws-production/${playbook}`;
    const policy = policyOf();
    let writing = true;

    const resolve = async (id: string) => {
      const open = (await incidentsOf(slot)).find(isOpen);
      if (open) await commit({ slot, number: open.number }, { type: 'resolve', id, by: 'ada', reason: 'by hand' });
    };
    const write = async (lane: number) => {
      for (let i = lane; i < events.length; i += lanes) {
        const event = events[i];
        if (event === 'resolve') await retried(() => resolve(`resolve ${i}`));
        else await retried(() => receive(signal({ ...event, playbook }), policy));
      }
    };
    const look = async () => {
      while (writing) {
        expect((await incidentsOf(slot)).filter(isOpen).length).toBeLessThanOrEqual(1);
        await delay(1);
      }
    };
    const looking = look();
    await Promise.all(Array.from({ length: lanes }, (_, lane) => write(lane))).finally(() => {
      writing = false;
    });
    await looking;

    const incidents = await incidentsOf(slot);
    expect(incidents.map(({ number }) => number)).toEqual(incidents.map((_, index) => index + 1));
    expect(incidents.slice(0, -1).filter(isOpen)).toEqual([]);
    for (const { id } of incidents) {
      expect(ids).not.toContain(id);
      ids.add(id);
    }
    const known = incidents.flatMap(incident => Object.keys(incident.signals));
    for (const { key, state } of signals) if (state === 'firing') expect(known).toContain(key);
    for (const { timeline } of incidents) {
      const recorded = [...of(timeline, 'SignalFired'), ...of(timeline, 'SignalCleared')].map(({ command }) => command);
      expect(new Set(recorded).size).toBe(recorded.length);
    }
    // A clear before the opening is forgotten, and what it cleared is found green by `watch`; red must be known as red.
    if (events.includes('resolve')) return;
    for (const alarm of ALARMS) {
      const last = signals.findLast(({ key }) => key === `alarm:${alarm}`);
      if (last?.state === 'firing') expect(incidents[0]?.signals[last.key]?.state).toBe('firing');
    }
  });
  await fc.assert(property, { numRuns: 20 });
});

/** As Lambda retries what failed: writers that meet too often give up, and come again. */
async function retried<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch {
    return act();
  }
}

/** Every incident of a slot as it is stored now, each what its events and its snapshot say. */
async function incidentsOf(slot: string): Promise<IncidentHistory[]> {
  const found: IncidentHistory[] = [];
  for (let number = 1; ; number++) {
    const history = await loadHistory({ slot, number });
    if (!history) return found;
    expect(history.timeline.map(({ seq }) => seq)).toEqual(history.timeline.map((_, index) => index));
    found.push(history);
  }
}
