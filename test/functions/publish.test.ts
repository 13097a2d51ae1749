import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { handler } from '../../lambda/functions/publish/handler.ts';
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

/** A stream record of an incident whose timeline grew. */
const grew = (from: number, to: number, SequenceNumber: string) => ({
  dynamodb: {
    SequenceNumber,
    OldImage: from === 0 ? undefined : image(timeline.slice(0, from)),
    NewImage: image(timeline.slice(0, to)),
  },
});
const image = (entries: IncidentEvent[]) =>
  marshall({ pk: 'incident/a/b', sk: '000001', id, timeline: entries }, { removeUndefinedValues: true });
const calls = () => bus.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);
const published = () => calls().flatMap(entries => entries.map(({ DetailType }) => DetailType));

it('the publish function publishes new entries in their order, ten at a time, and no entry again', async () => {
  const long = Array.from({ length: 23 }, (_, seq): IncidentEvent => {
    const [first, second] = timeline;
    if (!first || !second) throw new Error('the story is too short');
    return { ...(seq === 0 ? first : second), seq };
  });
  const records = [{ dynamodb: { SequenceNumber: '1', OldImage: image(long.slice(0, 2)), NewImage: image(long) } }];
  expect(await invoke(handler, { Records: records })).toEqual({ batchItemFailures: [] });
  expect(calls().map(({ length }) => length)).toEqual([10, 10, 1]);
  const sequence = calls().flatMap(entries => entries.map(({ Detail = '{}' }) => JSON.parse(Detail).entry.seq));
  expect(sequence).toEqual(Array.from({ length: 21 }, (_, i) => i + 2));
});

it('a published event names its incident, and has no policy', async () => {
  await invoke(handler, { Records: [grew(0, 4, '1')] });
  const [first] = calls().flat();
  expect(first).toMatchObject({ EventBusName: 'incidents', Source: 'incident-response', DetailType: 'IncidentOpened' });
  expect(JSON.parse(first?.Detail ?? '')).toEqual({
    incident: {
      ...{ slot: 'mockupaws-production/DatabaseConnections', number: 1, id },
      ...{ service: 'mockupaws-production', playbook: 'DatabaseConnections' },
      ...{ title: 'Database Connections Exhausted', severity: 'P2', status: 'investigating' },
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
  const Records = [grew(0, 1, '101'), grew(1, 3, '102'), grew(3, 4, '103')];
  expect(await invoke(handler, { Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '102' }] });
  expect(published()).toEqual(types(timeline.slice(0, 3)));
  expect(await invoke(handler, { Records: Records.slice(1) })).toEqual({ batchItemFailures: [] });
  expect(published().slice(3)).toEqual(types(timeline.slice(1, 4)));
});

it('the publish function ignores items without a timeline, removals, and changes that added no entry', async () => {
  const ledger = marshall({ pk: 'ledger/mockupaws-production', sk: '-', version: 1, runs: [] });
  const { OldImage, NewImage } = grew(2, 2, '2').dynamodb;
  const Records = [
    { dynamodb: { SequenceNumber: '1', NewImage: ledger } },
    { dynamodb: { SequenceNumber: '2', OldImage, NewImage } },
    { dynamodb: { SequenceNumber: '3', OldImage } },
  ];
  expect(await invoke(handler, { Records })).toEqual({ batchItemFailures: [] });
  expect(calls()).toEqual([]);
});
