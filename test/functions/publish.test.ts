import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { handler } from '../../lambda/functions/publish/handler.ts';
import { commitOf, streamOf } from '../../lambda/store/keys.ts';
import { toStored } from '../../lambda/store/stored-event.ts';
import { invoke, useResponder } from '../support/responder.ts';
import { Story, step, types } from '../support/story.ts';

useResponder({ INCIDENT_BUS: 'incidents' });
const bus = mockClient(EventBridgeClient);
beforeEach(() => {
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });
});

const story = new Story(step('kill-idle'));
story.fires();
story.diagnoses();
const { timeline, id } = story.incident;

/** The stream's record of a commit of the story's events from one number to another. */
const committed = (from: number, to: number, SequenceNumber: string, events = timeline) => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber, NewImage: image(from, events.slice(from, to)) },
});

function image(from: number, events: readonly IncidentEvent[]) {
  const { slot, service, playbook, title, severity, status } = story.incident;
  const item = {
    ...{ pk: streamOf(slot), sk: commitOf(1, from) },
    events: events.map(event => toStored(event, 'a hash')),
    incident: { id, service, playbook, title, severity, status },
  };
  return marshall(item, { removeUndefinedValues: true });
}

const calls = () => bus.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);
const published = () => calls().flatMap(entries => entries.map(({ DetailType }) => DetailType));

it('the publish function publishes the events of a commit in their order, ten at a time', async () => {
  const long = Array.from({ length: 23 }, (_, seq): IncidentEvent => {
    const [first, second] = timeline;
    if (!first || !second) throw new Error('the story is too short');
    return { ...(seq === 0 ? first : second), seq };
  });
  expect(await invoke(handler, { Records: [committed(2, 23, '1', long)] })).toEqual({ batchItemFailures: [] });
  expect(calls().map(({ length }) => length)).toEqual([10, 10, 1]);
  const sequence = calls().flatMap(entries => entries.map(({ Detail = '{}' }) => JSON.parse(Detail).entry.seq));
  expect(sequence).toEqual(Array.from({ length: 21 }, (_, i) => i + 2));
});

it('a published event names its incident, and has no policy', async () => {
  await invoke(handler, { Records: [committed(0, 4, '1')] });
  const [first] = calls().flat();
  expect(first).toMatchObject({ EventBusName: 'incidents', Source: 'incident-response', DetailType: 'IncidentOpened' });
  expect(JSON.parse(first?.Detail ?? '')).toEqual({
    incident: {
      ...{ slot: 'mockupaws-production', number: 1, id },
      ...{ service: 'mockupaws-production', playbook: 'DatabaseConnections' },
      ...{ title: 'Database Connections Exhausted', severity: 'P2', status: 'identified' },
    },
    entry: expect.objectContaining({ type: 'IncidentOpened', seq: 0, id }),
  });
  expect(JSON.stringify(calls())).not.toMatch(/policy|escalation"/);
});

it('the publish function stops at the record that the bus refused, so that the stream repeats it', async () => {
  bus
    .on(PutEventsCommand)
    .resolvesOnce({ FailedEntryCount: 0 })
    .resolvesOnce({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] })
    .resolves({ FailedEntryCount: 0 });
  const Records = [committed(0, 1, '101'), committed(1, 3, '102'), committed(3, 4, '103')];
  expect(await invoke(handler, { Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '102' }] });
  expect(published()).toEqual(types(timeline.slice(0, 3)));
  expect(await invoke(handler, { Records: Records.slice(1) })).toEqual({ batchItemFailures: [] });
  expect(published().slice(3)).toEqual(types(timeline.slice(1, 4)));
});

it('the publish function ignores other items, and changes of the attributes by which an incident is found', async () => {
  const ledger = marshall({ pk: 'ledger/mockupaws-production', sk: '-', version: 1, runs: [] });
  const { NewImage } = committed(0, 2, '2').dynamodb;
  const Records = [
    { eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: ledger } },
    { eventName: 'MODIFY', dynamodb: { SequenceNumber: '2', OldImage: NewImage, NewImage } },
    { eventName: 'REMOVE', dynamodb: { SequenceNumber: '3', OldImage: NewImage } },
  ];
  expect(await invoke(handler, { Records })).toEqual({ batchItemFailures: [] });
  expect(calls()).toEqual([]);
});

it('a commit that cannot be read holds up no other', async () => {
  const { dynamodb, ...record } = committed(0, 1, '1');
  const NewImage = { ...dynamodb.NewImage, events: { B: btoa('not deflated') } };
  const broken = { ...record, dynamodb: { ...dynamodb, NewImage } };
  expect(await invoke(handler, { Records: [broken, committed(1, 3, '2')] })).toEqual({ batchItemFailures: [] });
  expect(published()).toEqual(types(timeline.slice(1, 3)));
  expect(vi.mocked(console.error).mock.calls).toMatchObject([[{ sequence: '1' }]]);
});
