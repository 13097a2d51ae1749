import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import type { EntryType } from '../../lambda/domain/timeline.ts';
import { handler } from '../../lambda/functions/page/handler.ts';
import { committed, invoke, KEY, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { of } from '../support/story.ts';

useResponder({ LEVEL_TOPICS: 'topic-1,topic-2,topic-3,topic-4' });
const sns = mockClient(SNSClient);
beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({});
});

const messages = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
const topics = () => messages().map(({ TopicArn }) => TopicArn);
const urgencies = () => messages().map(({ MessageAttributes }) => MessageAttributes?.['urgency']?.StringValue);

/** The event of the incident bus about the last entry of a type. */
async function about(type: EntryType) {
  const entry = of((await stored()).timeline, type).at(-1);
  return {
    'detail-type': type,
    detail: { incident: { ...KEY, id: 'INC-2026-04-07-001' }, entry: { seq: entry?.seq } },
  };
}
async function escalate(level: number, minutes: number): Promise<void> {
  setMinute(minutes);
  await committed({ type: 'meet', id: `escalate ${level}`, obligation: { type: 'escalate', level } });
}

it('pages the level that is called, once, however often it is asked to', async () => {
  await openIncident();
  const event = await about('Escalated');
  expect(await invoke(handler, event)).toMatchObject({ entry: 'Escalated', sent: [{ level: 1, urgency: 'page' }] });
  await invoke(handler, event);
  const [message] = messages();
  expect(messages()).toHaveLength(1);
  expect(message).toMatchObject({
    TopicArn: 'topic-1',
    Subject: '[INCIDENT] P2 - mockupAWS Database Connections Exhausted',
    MessageStructure: 'json',
    MessageAttributes: { urgency: { DataType: 'String', StringValue: 'page' } },
  });
  const { default: body, sms } = JSON.parse(message?.Message ?? '');
  expect(body).toMatch(/^Connections: 1700 \(threshold 1635\)\n\nIncident +INC-2026-04-07-001\n/);
  expect(sms.length).toBeLessThanOrEqual(160);
  expect(of((await stored()).timeline, 'PageSent')).toMatchObject([
    { level: 1, urgency: 'page', about: event.detail.entry.seq },
  ]);
});

it('tells every level called so far, and who has been told by then only the others', async () => {
  await openIncident();
  await escalate(2, 16);
  await escalate(3, 31);
  await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'nothing helped' });
  sns.on(PublishCommand, { TopicArn: 'topic-1' }).rejectsOnce(new Error('AuthorizationError')).resolves({});
  const event = await about('HandedOver');
  await expect(invoke(handler, event)).rejects.toThrow('AuthorizationError');
  expect(topics()).toEqual(['topic-1', 'topic-2', 'topic-3']);
  expect(await invoke(handler, event)).toMatchObject({ sent: [{ level: 1 }] });
  expect(topics()).toEqual(['topic-1', 'topic-2', 'topic-3', 'topic-1']);
  expect(of((await stored()).timeline, 'PageSent').map(({ level }) => level)).toEqual([2, 3, 1]);
});

it('is silent about what the resolution has overtaken; the resolution itself wakes nobody', async () => {
  await openIncident();
  const event = await about('Escalated');
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed by hand' });
  expect(await invoke(handler, event)).toMatchObject({ sent: [] });
  expect(messages()).toEqual([]);
  await invoke(handler, await about('Resolved'));
  expect(urgencies()).toEqual(['notice']);
});

it('throws when the page could not be sent, so that it is sent when Lambda tries again', async () => {
  await openIncident();
  sns.on(PublishCommand).rejectsOnce(new Error('KMSAccessDenied')).resolves({});
  const event = await about('Escalated');
  await expect(invoke(handler, event)).rejects.toThrow('KMSAccessDenied');
  expect(of((await stored()).timeline, 'PageSent')).toEqual([]);
  await invoke(handler, event);
  expect(topics()).toEqual(['topic-1', 'topic-1']);
});

it('says what is missing: the entry, or the topic of a level', async () => {
  await openIncident();
  const event = await about('Escalated');
  const unknown = { ...event, detail: { ...event.detail, entry: { seq: 99 } } };
  await expect(invoke(handler, unknown)).rejects.toThrow('INC-2026-04-07-001 has no entry 99 to tell of');
  vi.stubEnv('LEVEL_TOPICS', '');
  await expect(invoke(handler, event)).rejects.toThrow('escalation level 1 has no topic');
  await expect(invoke(handler, { ...event, 'detail-type': 'SignalFired' })).rejects.toThrow(TypeError);
});
