import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { Refused, Unavailable } from '../../lambda/adapters/http.ts';
import { notificationChannel } from '../../lambda/runtime/event-subscriber.ts';
import { commitOf, firstItem } from '../../lambda/store/keys.ts';
import { EVENT_VERSION } from '../../lambda/store/stored-event.ts';
import { client, TableName } from '../../lambda/store/table.ts';
import { useFlakyTable } from '../support/flaky-table.ts';
import { busEvent, invoke, KEY, lastEvent, openIncident, queued, stored, useResponder } from '../support/responder.ts';
import { START } from '../support/story.ts';

const table = useFlakyTable(useResponder({ INCIDENT_BUS: 'bus' }));
const bus = mockClient(EventBridgeClient);

beforeEach(() => {
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
});

const channel = notificationChannel('chat', async () => ({}));
const failing = (error: Error) => notificationChannel('chat', () => Promise.reject(error));

/** The events that were put aside, each with its reason. */
const aside = () =>
  bus
    .commandCalls(PutEventsCommand)
    .flatMap(({ args }) => args[0].input.Entries ?? [])
    .map(({ Detail }) => JSON.parse(Detail ?? ''));

it('an incident of a later version holds up no other in the queue of a channel: its event is put aside at once', async () => {
  await openIncident();
  const event = await lastEvent('Escalated');
  const next = { ...firstItem(KEY), sk: commitOf(1, (await stored()).version) };
  const foretold = { version: EVENT_VERSION + 1, seq: 99, at: START, command: 'later' };
  const events = [{ type: 'Foretold', data: {}, meta: foretold }];
  await client.send(new PutCommand({ TableName: TableName(), Item: { ...next, events } }));
  await invoke(channel, queued(event));
  expect(aside()).toMatchObject([
    { channel: 'chat', entry: event.detail.entry, reason: expect.stringMatching(/a newer deployment wrote it/) },
  ]);
});

it('an event of an incident that is gone, as after a restore of the table, is put aside at once', async () => {
  await invoke(channel, queued(busEvent({ seq: 3 })));
  expect(aside()).toMatchObject([{ reason: 'INC-2026-04-07-001 has no entry 3 to tell of' }]);
});

it.each([
  ['is put aside when the other side refuses it', new Refused('400'), false],
  ['is put aside when this code fails on it', new TypeError('x is undefined'), false],
  ['waits while the other side is down', new Unavailable('503'), true],
  ['waits while AWS answers nonsense', Object.assign(new SyntaxError('<html>'), { $metadata: {} }), true],
])('an event %s', async (_, error, waits) => {
  await openIncident();
  const heard = invoke(failing(error), queued(await lastEvent('Escalated')));
  if (waits) await expect(heard).rejects.toThrow(error.message);
  else await heard;
  expect(aside()).toHaveLength(waits ? 0 : 1);
});

it('events wait while the table is away', async () => {
  await openIncident();
  const event = await lastEvent('Escalated');
  table.fates = ['lost'];
  await expect(invoke(channel, queued(event))).rejects.toThrow();
  expect(aside()).toEqual([]);
});
