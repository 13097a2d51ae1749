import { expect, it } from 'vitest';
import { historyOf } from '../../lambda/domain/incident/history.ts';
import { commit, receive } from '../../lambda/runtime/command-handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { load } from '../../lambda/store/incidents.ts';
import {
  committed,
  KEY,
  openIncident,
  policyOf,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, of } from '../support/story.ts';

useResponder();
const DAY = 24 * 60;

it('concurrent writers to one incident are all recorded, once each and in one order', async () => {
  await openIncident();
  const names = Array.from({ length: 8 }, (_, i) => `person ${i}`);
  const acknowledge = (by: string) => commit(KEY, { type: 'acknowledge', id: by, by });
  await Promise.all([...names, ...names].map(acknowledge));
  const { timeline, ...state } = await stored();
  expect(
    of(timeline, 'Acknowledged')
      .map(({ by }) => by)
      .sort(),
  ).toEqual(names);
  expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, i) => i));
  expect({ timeline, ...state }).toEqual(historyOf(timeline));
});

it('one problem has one open incident, and the next one after a resolution is a new incident', async () => {
  const fire = (id: string, minutes: number) => {
    setMinute(minutes);
    return receive(signal({ id, key: `alarm:${id}`, at: minute(minutes) }), policyOf());
  };
  const opened = await Promise.all(['a', 'b', 'c', 'd'].map(id => fire(id, 0)));
  expect(new Set(opened.map(({ incident }) => incident?.number))).toEqual(new Set([1]));
  expect(Object.keys((await stored()).signals).sort()).toEqual(['alarm:a', 'alarm:b', 'alarm:c', 'alarm:d']);
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'by hand' });
  expect((await openIncidents()).incidents).toEqual([]);
  expect((await fire('e', 5)).incident?.number).toBe(2);
  expect((await openIncidents()).incidents.map(({ number }) => number)).toEqual([2]);
  expect((await stored()).status).toBe('resolved');
});

it('incident ids count from 001 every day', async () => {
  const open = async (service: string, minutes: number) => {
    setMinute(minutes);
    return (await receive(signal({ id: service, service, at: minute(minutes) }), policyOf())).incident?.id;
  };
  expect([await open('A', 0), await open('B', 1), await open('C', DAY)]).toEqual([
    'INC-2026-04-07-001',
    'INC-2026-04-07-002',
    'INC-2026-04-08-001',
  ]);
});

it('an incident that does not exist is reported as missing, and nothing is written', async () => {
  expect(await load(KEY)).toBeUndefined();
  expect(await commit(KEY, { type: 'acknowledge', id: '1', by: 'ada' })).toMatchObject({
    events: [],
    refused: 'there is no such incident',
  });
  expect(await load(KEY)).toBeUndefined();
});
