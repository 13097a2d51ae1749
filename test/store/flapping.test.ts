import { expect, it } from 'vitest';
import { isOpen } from '../../lambda/domain/incident/incident.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { commitObservedSignals } from '../../lambda/readings/service-state.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { readRepetitions } from '../../lambda/store/repetitions.ts';
import { committed, KEY, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { minute, of, types } from '../support/story.ts';

useResponder();

const at = (minutes: number, changes: Partial<Signal> = {}) =>
  signal({
    id: `change ${minutes}`,
    at: minute(minutes),
    state: minutes % 2 === 0 ? 'firing' : 'cleared',
    ...changes,
  });

/** The alarm changes once a minute. */
async function flaps(from: number, to: number): Promise<void> {
  for (let minutes = from; minutes < to; minutes++) {
    setMinute(minutes);
    await receive(at(minutes), policyOf());
  }
}

const ofSignals = ['SignalFired', 'SignalCleared', 'SignalLost', 'SignalFlaps'];

it('an alarm that changes each minute adds an event each time its changes have doubled, and counts as firing', async () => {
  await flaps(0, 150);
  const { timeline, signals } = await stored();
  const changes = types(timeline).filter(type => ofSignals.includes(type));
  expect(changes.slice(0, 9)).toEqual(Array.from({ length: 9 }, (_, i) => (i % 2 ? 'SignalCleared' : 'SignalFired')));
  expect(of(timeline, 'SignalFlaps').map(event => event.changes)).toEqual([9, 18, 36, 72, 144]);
  expect(changes).toHaveLength(9 + 5);
  expect(Object.values(signals).map(({ state }) => state)).toEqual(['firing']);
  expect(of(timeline, 'SignalFired').length + of(timeline, 'ResponseRequested').length).toBeLessThan(10);
});

it('a repeated or late change of an alarm that flaps is not counted twice', async () => {
  await flaps(0, 30);
  for (const minutes of [29, 28, 15, 29]) await receive(at(minutes), policyOf());
  await flaps(30, 40);
  expect(of((await stored()).timeline, 'SignalFlaps').map(event => event.changes)).toEqual([9, 18, 36]);
});

it('an alarm that flapped is as it is observed once it has kept a state for ten minutes, with the number of its changes', async () => {
  await flaps(0, 60);
  const observed = at(59, { id: 'observed' });
  setMinute(68);
  await commitObservedSignals(await stored(), [observed]);
  expect(types((await stored()).timeline)).not.toContain('Mitigated');
  setMinute(69);
  await commitObservedSignals(await stored(), [observed]);
  const { timeline, signals } = await stored();
  expect(of(timeline, 'SignalCleared').at(-1)).toMatchObject({ changes: 59 });
  expect(Object.values(signals)).toMatchObject([{ state: 'cleared' }]);
  expect(Object.values(signals)[0]).not.toHaveProperty('flapping');
});

it('an alarm that flapped and cannot be observed is as its last change left it', async () => {
  await flaps(0, 60);
  setMinute(75);
  await commitObservedSignals(await stored(), []);
  expect(of((await stored()).timeline, 'SignalCleared').at(-1)).toMatchObject({ changes: 59, signalAt: minute(59) });
});

it('people can end an incident whose alarm flaps, and a later flapping is counted anew', async () => {
  await flaps(0, 40);
  await committed({ type: 'acknowledge', id: 'ack', by: 'ada' });
  const attempt = (await stored()).attempt?.number ?? 0;
  await committed({ type: 'end response', id: 'end', attempt, reason: 'it is over' });
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'by hand' });
  expect(isOpen(await stored())).toBe(false);
  await flaps(40, 60);
  const next = await stored({ ...KEY, number: 2 });
  expect(of(next.timeline, 'SignalFlaps').map(event => event.changes)).toEqual([9, 18]);
});

it('the changes of alarms that do not flap any more, e.g. of earlier deployments, are not kept', async () => {
  const flapsAs = async (name: string, from: number) => {
    for (let minutes = from; minutes < from + 14; minutes++) {
      setMinute(minutes);
      await receive(at(minutes, { id: `${name} ${minutes}`, key: `alarm:${name}` }), policyOf());
    }
    setMinute(from + 40);
    await commitObservedSignals(await stored(), [at(from + 13, { id: `${name} is calm`, key: `alarm:${name}` })]);
  };
  await receive(signal(), policyOf());
  for (const [day, name] of ['one', 'two', 'three'].entries()) await flapsAs(name, 2 + day * 60);
  expect(of((await stored()).timeline, 'SignalFlaps').map(({ key }) => key)).toHaveLength(3);
  expect(Object.keys((await readRepetitions(KEY)).stored)).toHaveLength(1);
});
