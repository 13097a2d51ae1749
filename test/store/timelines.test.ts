import { readdirSync, readFileSync } from 'node:fs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it, test } from 'vitest';
import type { Policy } from '../../lambda/domain/incident/policy.ts';
import { commit, receive } from '../../lambda/runtime/command-handler.ts';
import { saveContent } from '../../lambda/store/contents.ts';
import { openIncidents, publicIncidents } from '../../lambda/store/incident-lists.ts';
import { load, loadHistory, UnreadableIncident } from '../../lambda/store/incidents.ts';
import { commitOf, streamOf } from '../../lambda/store/keys.ts';
import { STATE_VERSION } from '../../lambda/store/snapshots.ts';
import { EVENT_VERSION, type StoredEvent, upcast } from '../../lambda/store/stored-event.ts';
import { KEY, policyOf, signal, useResponder } from '../support/responder.ts';
import { STATUS_PAGE } from '../support/story.ts';
import { FIELDS } from './event-fields.ts';

const table = useResponder();

/** A whole incident as it was stored by the version that its name ends with. The policy is stored beside it. */
interface Golden {
  /** The schema of the policy. @default 1 */
  schema?: number;
  policy: object;
  events: StoredEvent[];
}

const FOLDER = `${import.meta.dirname}/timelines`;
const NAMES = readdirSync(FOLDER).filter(file => /-events-\d+\.json$/.test(file));
const read = (file: string): Golden => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));

/** Puts events into the table, as one commit each, which also has these attributes. */
async function store(events: readonly StoredEvent[], key = KEY, attributes = {}): Promise<void> {
  for (const event of events) {
    const Item = { pk: streamOf(key.slot), sk: commitOf(key.number, event.meta.seq), events: [event], ...attributes };
    await table.send(new PutCommand({ TableName: process.env['INCIDENTS_TABLE'], Item }));
  }
}

test.each(NAMES)('%s is read, and folds to the state that was stored with it', async file => {
  const { schema = 1, policy, events } = read(file);
  const hash = await saveContent('policy', schema, policy);
  await store(events.map(event => (event.type === 'IncidentOpened' ? withPolicy(event, hash) : event)));
  const { timeline, ...folded } = (await loadHistory(KEY)) ?? { timeline: [] };
  expect(timeline).toHaveLength(events.length);
  expect(await load(KEY)).toEqual(folded);
  const { policy: _, ...state } = folded as typeof folded & { policy?: Policy };
  await expect(
    `${JSON.stringify(state, undefined, 2)}\n`,
    `These events fold to another state than before: raise STATE_VERSION in lambda/store/snapshots.ts, delete the states of version ${STATE_VERSION} and run this test with --update, which writes the new ones`,
  ).toMatchFileSnapshot(`${FOLDER}/${stateOf(file)}`);
});

/** The file of the state that today's code folds from the events of a golden. */
const stateOf = (file: string) => file.replace(/-events-(\d+)/, `-events-$1-state-${STATE_VERSION}`);

const withPolicy = (event: StoredEvent, policy: string): StoredEvent => ({ ...event, data: { ...event.data, policy } });

test('every version has goldens, every golden has its state of today, and nothing else lies beside them', () => {
  const versions = new Set(NAMES.map(name => Number(/(\d+)\.json$/.exec(name)?.[1])));
  expect([...versions].sort()).toEqual(Array.from({ length: EVENT_VERSION }, (_, i) => i + 1));
  const states = NAMES.map(stateOf);
  expect(readdirSync(FOLDER).sort()).toEqual([...new Set([...NAMES, ...states])].sort());
});

test('every field of every event of today occurs in a golden of this version', () => {
  const events = NAMES.filter(name => name.endsWith(`-events-${EVENT_VERSION}.json`)).flatMap(
    name => read(name).events,
  );
  const seen = new Set(events.flatMap(({ type, data }) => Object.keys(data).map(field => `${type}.${field}`)));
  const all = Object.entries(FIELDS).flatMap(([type, fields]) => Object.keys(fields).map(field => `${type}.${field}`));
  expect(all.filter(field => !seen.has(field))).toEqual([]);
  expect([...seen].filter(field => !all.includes(field))).toEqual([]);
});

const stored = (type: string, data: Record<string, unknown>, version: number): StoredEvent => ({
  type,
  data,
  meta: { version, seq: 0, at: '2026-01-01T00:00:00.000Z', command: '1' },
});

test('an event of an older version takes each step to the newest, and one of a later version none', () => {
  const renamed = (event: StoredEvent) => ({ ...event, type: 'NoteWritten' });
  const marked = (event: StoredEvent) => ({ ...event, data: { ...event.data, marked: true } });
  const steps = [renamed, marked];
  const data = { text: 'looking' };
  expect(upcast(stored('NoteAdded', data, 1), steps)).toEqual(stored('NoteWritten', { ...data, marked: true }, 3));
  expect(upcast(stored('NoteWritten', data, 2), steps)).toEqual(stored('NoteWritten', { ...data, marked: true }, 3));
  expect(upcast(stored('NoteWritten', data, 3), steps)).toEqual(stored('NoteWritten', data, 3));
  expect(() => upcast(stored('NoteWritten', data, 4), steps)).toThrow('of version 4, which is later than 3');
});

const LISTED = { unfinished: 'open', month: '2026-04', openedAt: '2026-04-07T09:30:00.000Z', id: 'INC-2026-04-07-009' };

it.each<[string, StoredEvent]>([
  ['of a later version', stored('NoteAdded', { by: 'ada', text: 'x' }, EVENT_VERSION + 1)],
  ['of a policy that is gone', stored('IncidentOpened', { policy: 'none' }, EVENT_VERSION)],
  ['that does not begin with its opening', stored('NoteAdded', { by: 'ada', text: 'x' }, EVENT_VERSION)],
])('an incident %s is told of, hides no other, and lets a new one open beside it', async (_, event) => {
  const opened = await receive(signal({ id: 'first' }), policyOf());
  const other = await receive(signal({ id: 'other', service: 'shop' }), policyOf());
  // One is committed to the open incident, the others are incidents of their own.
  const joins = event.meta.version > EVENT_VERSION;
  const number = joins ? 1 : 2;
  const key = { ...KEY, number };
  const seq = joins ? (opened.incident?.version ?? 0) : 0;
  await store([{ ...event, meta: { ...event.meta, seq } }], key, joins ? {} : LISTED);

  await expect(load(key)).rejects.toThrow(UnreadableIncident);
  await expect(loadHistory(key)).rejects.toThrow(UnreadableIncident);
  const { incidents, failures } = await openIncidents();
  expect(incidents.map(({ id }) => id)).toContain(other.incident?.id);
  expect(failures).toEqual([expect.any(UnreadableIncident)]);

  const beside = await receive(signal({ id: 'second', at: '2026-04-07T10:00:00.000Z' }), {
    ...policyOf(),
    statusPage: STATUS_PAGE,
  });
  expect(beside.incident?.number).toBe(number + 1);
  await commit({ ...KEY, number: number + 1 }, { type: 'publish', id: 'publish', by: 'ada' });
  const published = await publicIncidents(['2026-04'], [key], {});
  expect(published.incidents.map(({ id }) => id)).toEqual([beside.incident?.id]);
  expect(published.failures).toEqual([expect.any(UnreadableIncident)]);
});
