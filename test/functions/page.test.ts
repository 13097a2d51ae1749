import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { PublishCommand } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { beforeEach, expect, it, vi } from 'vitest';
import { onCall } from '../../lambda/domain/on-call/roster.ts';
import { handler } from '../../lambda/functions/page/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { useTopics } from '../support/aws-mocks.ts';
import type { TableCommand } from '../support/memory-table.ts';
import {
  busEvent,
  committed,
  deploy,
  invoke,
  lastEvent,
  openIncident,
  policyOf,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, of } from '../support/story.ts';

const table = useResponder({ LEVEL_TOPICS: 'topic-1,topic-2,topic-3,topic-4' });
const { sns, messages } = useTopics();
const kms = mockClient(KMSClient);
beforeEach(() => {
  kms.reset();
});

const topics = () => messages().map(({ TopicArn }) => TopicArn);
const attributes = (name: string) => messages().map(({ MessageAttributes }) => MessageAttributes?.[name]?.StringValue);
const urgencies = () => attributes('urgency');
const people = () => attributes('person');
const parts = () => messages().map(({ Message }) => JSON.parse(Message ?? ''));

async function escalate(level: number, minutes: number): Promise<void> {
  setMinute(minutes);
  await committed({ type: 'fulfil', id: `escalate ${level}`, obligation: { type: 'escalate', level } });
}

it('the page function pages the level that is called, once, however often it is asked', async () => {
  await openIncident();
  const event = await lastEvent('Escalated');
  expect(await invoke(handler, event)).toMatchObject({
    entry: 'Escalated',
    sent: [{ level: 1, urgency: 'page', to: 'ada' }],
  });
  await invoke(handler, event);
  const [message] = messages();
  expect(messages()).toHaveLength(1);
  expect(message).toMatchObject({
    TopicArn: 'topic-1',
    Subject: '[INCIDENT] P2 - mockupAWS Database Connections Exhausted',
    MessageStructure: 'json',
    MessageAttributes: {
      urgency: { DataType: 'String', StringValue: 'page' },
      'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' },
    },
  });
  const { default: body, sms } = JSON.parse(message?.Message ?? '');
  expect(body).toMatch(
    /^Connections: 1700 \(threshold 1635\), since 09:30 UTC\n\nAnswer\n.+\n\nIncident +INC-2026-04-07-001\n/,
  );
  expect(sms).toMatch(/^P2 mockupAWS: .+\. Respond by 10:30 UTC\nnpx incident ack INC-2026-04-07-001$/);
  expect(of((await stored()).timeline, 'PageSent')).toMatchObject([
    { level: 1, urgency: 'page', about: event.detail.entry.seq, to: 'ada' },
  ]);
});

it('a hand-over pages every level called so far, and a retry pages only those not reached before', async () => {
  await openIncident();
  await escalate(2, 16);
  await escalate(3, 31);
  await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'nothing helped' });
  sns.on(PublishCommand, { TopicArn: 'topic-1' }).rejectsOnce(new Error('AuthorizationError')).resolves({});
  const event = await lastEvent('HandedOver');
  await expect(invoke(handler, event)).rejects.toThrow('AuthorizationError');
  expect(topics()).toEqual(['topic-1', 'topic-2', 'topic-3']);
  expect(await invoke(handler, event)).toMatchObject({ sent: [{ level: 1 }] });
  expect(topics()).toEqual(['topic-1', 'topic-2', 'topic-3', 'topic-1']);
  expect(of((await stored()).timeline, 'PageSent').map(({ level }) => level)).toEqual([2, 3, 1]);
});

it('the page function sends nothing that the resolution has overtaken, and the resolution wakes nobody', async () => {
  await openIncident();
  const event = await lastEvent('Escalated');
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed by hand' });
  expect(await invoke(handler, event)).toMatchObject({ sent: [] });
  expect(messages()).toEqual([]);
  await invoke(handler, await lastEvent('Resolved'));
  expect(urgencies()).toEqual(['notice']);
});

it('the page function pages everybody of a level, and one failure does not stop the others', async () => {
  await deploy({ rosters: [{ people: ['ada', 'ben', 'cleo'] }] });
  await openIncident();
  sns.on(PublishCommand).callsFake(({ MessageAttributes }) => {
    if (MessageAttributes.person.StringValue === 'ben' && people().length < 4) throw new Error('Throttled');
    return {};
  });
  const event = await lastEvent('Escalated');
  await expect(invoke(handler, event)).rejects.toThrow('Throttled');
  await invoke(handler, event);
  await invoke(handler, event);
  expect(people()).toEqual(['ada', 'ben', 'cleo', 'ben']);
  expect(of((await stored()).timeline, 'PageSent').map(({ to }) => to)).toEqual(['ada', 'cleo', 'ben']);
});

it('the page function pages exactly those on call, for any roster and any instant', async () => {
  const names = ['ada', 'ben', 'cleo', 'dora'];
  const roster = fc.record({
    people: fc.shuffledSubarray(names, { minLength: 1 }),
    rotation: fc.option(
      fc.record({
        timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        since: fc.constantFrom('2026-01-05', '2026-03-29', '2026-10-25'),
        at: fc.constantFrom('00:00', '02:30', '09:00'),
        overrides: fc.array(
          fc.record({
            person: fc.constantFrom(...names),
            from: fc.constantFrom('2026-03-29T02:30', '2026-04-07T00:00'),
            to: fc.constantFrom('2026-04-07T12:00', '2027-01-01T00:00'),
          }),
          { maxLength: 2 },
        ),
      }),
      { nil: undefined },
    ),
  });
  let incidents = 0;
  await fc.assert(
    fc.asyncProperty(roster, fc.integer({ min: 0, max: 600_000 }), async (deployed, minutes) => {
      sns.resetHistory();
      await deploy({ rosters: [deployed] });
      const at = minute(minutes);
      vi.setSystemTime(new Date(at));
      const service = `service-${++incidents}`;
      await receive(signal({ id: service, service, at }), policyOf());
      const key = { slot: service, number: 1 };
      const [entry] = of((await stored(key)).timeline, 'Escalated');
      // Told a week late, when it is somebody else's turn: it is not told to them.
      setMinute(minutes + 7 * 24 * 60);
      const event = busEvent({ seq: entry?.seq, type: 'Escalated' }, key);
      for (let twice = 0; twice < 2; twice++) await invoke(handler, event);
      expect(people()).toEqual(onCall(deployed, at));
    }),
    { numRuns: 40 },
  );
});

it('the page function tells a person paged before the hand-over of the shift that it is resolved', async () => {
  const rotation = { timeZone: 'UTC', since: '2026-04-07', at: '10:00', overrides: [] };
  await deploy({ rosters: [{ people: ['ada', 'ben'], rotation }] });
  await openIncident();
  await invoke(handler, await lastEvent('Escalated'));
  setMinute(45);
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'fixed by hand' });
  await invoke(handler, await lastEvent('Resolved'));
  expect(people()).toEqual(['ben', 'ada', 'ben']);
  expect(urgencies()).toEqual(['page', 'notice', 'notice']);
});

it('the page function pages the highest level left when a deployment has removed that of the incident', async () => {
  await deploy({ rosters: [{ people: ['ada'] }, { people: ['ben'] }] });
  await openIncident();
  await escalate(2, 16);
  await escalate(3, 31);
  await invoke(handler, await lastEvent('Escalated'));
  expect([topics(), people()]).toEqual([['topic-2'], ['ben']]);
});

const LINKS = { LINKS_KEY: 'key', LINKS_URL: 'https://door.lambda-url.us-east-1.on.aws/' };

it('a page gives each person links of their own, all in the e-mail and one in the SMS', async () => {
  for (const [name, value] of Object.entries(LINKS)) vi.stubEnv(name, value);
  kms.on(GenerateMacCommand).callsFake(({ Message }) => ({ Mac: new Uint8Array(32).fill(Message.length) }));
  await deploy({ rosters: [{ people: ['ada', 'ben'] }] });
  await openIncident();
  await invoke(handler, await lastEvent('Escalated'));
  const links = parts().map(({ default: body, sms }) => {
    expect(body).toMatch(/\n\nAnswer\n {2}Acknowledge: https:\/\/door\S+\n\n/);
    const [text, link, ...rest] = sms.split('\n');
    expect(rest).toEqual([]);
    expect(text).toMatch(/Respond by 10:30 UTC$/);
    expect(link).toBe(/https:\S+/.exec(body)?.[0]);
    return link;
  });
  expect(new Set(links).size).toBe(2);
});

it('a page goes out without links when they cannot be signed', async () => {
  for (const [name, value] of Object.entries(LINKS)) vi.stubEnv(name, value);
  kms.on(GenerateMacCommand).rejects(new Error('KMSInternalException'));
  await openIncident();
  await invoke(handler, await lastEvent('Escalated'));
  expect(parts()[0].default).toMatch(/\n\nAnswer\n {2}npx incident ack INC-2026-04-07-001\n/);
  expect(people()).toEqual(['ada']);
});

it('a page goes out to everybody in time, without links, when KMS does not even refuse', async () => {
  for (const [name, value] of Object.entries(LINKS)) vi.stubEnv(name, value);
  kms.on(GenerateMacCommand).callsFake(() => new Promise(() => undefined));
  await deploy({ rosters: [{ people: ['ada', 'ben', 'cleo', 'dora'] }] });
  await openIncident();
  const event = await lastEvent('Escalated');
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.now() });
  let ended = false;
  const paged = invoke(handler, event).finally(() => {
    ended = true;
  });
  for (let seconds = 0; seconds < 10 && !ended; seconds++) {
    for (let i = 0; i < 50; i++) await new Promise(resolve => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(ended).toBe(true);
  await paged;
  expect(people()).toEqual(['ada', 'ben', 'cleo', 'dora']);
  expect(parts()[3].default).toContain('npx incident ack INC-2026-04-07-001');
});

it.each([2, 4])(
  'four people are paged within 30 s by a process that knows nothing yet, when each call of the table takes %d s',
  async seconds => {
    await deploy({ rosters: [{ people: ['ada', 'ben', 'cleo', 'dora'] }] });
    await openIncident();
    const event = await lastEvent('Escalated');
    vi.resetModules();
    const { handler: cold } = await import('../../lambda/functions/page/handler.ts');
    const { client } = await import('../../lambda/store/table.ts');
    vi.spyOn(client, 'send').mockImplementation(async command => {
      await new Promise(resolve => setTimeout(resolve, seconds * 1000));
      return table.send(command as TableCommand);
    });
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.now() });
    void invoke(cold, event).catch(() => undefined);
    let passed = 0;
    for (; passed < 60 && people().length < 4; passed++) {
      for (let i = 0; i < 30; i++) await new Promise(resolve => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(passed).toBeLessThan(30);
  },
);

it('the page function throws when a page could not be sent, so that Lambda tries again', async () => {
  await openIncident();
  sns.on(PublishCommand).rejectsOnce(new Error('KMSAccessDenied')).resolves({});
  const event = await lastEvent('Escalated');
  await expect(invoke(handler, event)).rejects.toThrow('KMSAccessDenied');
  expect(of((await stored()).timeline, 'PageSent')).toEqual([]);
  await invoke(handler, event);
  expect(topics()).toEqual(['topic-1', 'topic-1']);
});

it('the page function names what is missing: the entry, or the topic of a level', async () => {
  await openIncident();
  const event = await lastEvent('Escalated');
  const unknown = { ...event, detail: { ...event.detail, entry: { seq: 99 } } };
  await expect(invoke(handler, unknown)).rejects.toThrow('INC-2026-04-07-001 has no entry 99 to tell of');
  vi.stubEnv('LEVEL_TOPICS', '');
  await expect(invoke(handler, event)).rejects.toThrow('escalation level 1 has no topic');
  await expect(invoke(handler, { ...event, 'detail-type': 'SignalFired' })).rejects.toThrow(TypeError);
});
