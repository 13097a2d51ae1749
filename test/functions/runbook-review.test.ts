import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import { handler } from '../../lambda/functions/runbook-review/handler.ts';
import { scheduledTasksOfMonth } from '../../lambda/store/runbook-reviews.ts';
import { type Fate, useFlakyTable } from '../support/flaky-table.ts';
import { invoke, useResponder } from '../support/responder.ts';

const SERVICE = 'mockupaws-production';
const table = useFlakyTable(
  useResponder({ NOTICES_TOPIC: 'notices', SERVICE, SERVICE_TITLE: 'mockupAWS', REVIEWERS: 'cleo,dora' }),
);
const sns = mockClient(SNSClient);
/** The fates of the next mails. */
let posts: Fate[] = [];
/** The subjects of the mails that SNS has taken. */
let taken: string[] = [];

beforeEach(() => {
  [posts, taken] = [[], []];
  sns.reset();
  sns.on(PublishCommand).callsFake(async ({ Subject }: { Subject: string }) => {
    const fate = posts.shift() ?? 'answered';
    if (fate !== 'lost') taken.push(Subject);
    if (fate !== 'answered') throw new Error('InternalError');
    return {};
  });
});

const DUE = '2026-04-01T09:00:00Z';
const begin = (time = DUE) => invoke(handler, { 'detail-type': 'Scheduled Event', source: 'aws.events', time });
const later = (seconds: number) => vi.setSystemTime(Date.parse(DUE) + seconds * 1000);
const report = (month = '2026-04') => scheduledTasksOfMonth(SERVICE, month);
const title = 'Runbook review';

it('mails the reviewers what is due, why, and what to do, and records that it did', async () => {
  later(3);
  expect(await begin()).toEqual({ quarter: '2026-Q2', mailed: ['cleo', 'dora'] });
  const [mail] = sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input);
  expect(mail).toMatchObject({
    TopicArn: 'notices',
    Subject: 'Review the runbook of mockupAWS: 2026-Q2',
    MessageAttributes: { person: { DataType: 'String.Array', StringValue: '["cleo","dora"]' } },
  });
  expect(mail?.Message).toBe(`The quarterly review of the mockupAWS runbook is due: 2026-Q2 has begun.

Why
  The runbook is what people and automation follow in the next incident. Its thresholds, steps, people and
  wording must still fit the service. Nothing is wrong now, and no incident is open because of this message.

What to do by 2026-04-15
  1. Read what happened since the last review:
     npx incident report --month 2026-01
     npx incident report --month 2026-02
     npx incident report --month 2026-03
  2. Update thresholds, steps and wording with what you learned, then run \`npm run runbook\`.

You get this message once a quarter.
`);
  const dueAt = '2026-04-01T09:00:00.000Z';
  const mailedAt = '2026-04-01T09:00:03.000Z';
  expect(await report()).toEqual([{ title, period: '2026-Q2', dueAt, mailedAt, mailed: ['cleo', 'dora'] }]);
  expect(await report('2026-05')).toEqual([]);
});

it('mails once for one quarter, however often and late its event comes, and again for the next', async () => {
  await begin();
  later(1);
  expect(await begin()).toEqual({ quarter: '2026-Q2', mailed: [] });
  later(80 * 24 * 3600);
  await begin();
  expect(taken).toHaveLength(1);
  vi.setSystemTime('2026-07-01T09:00:04Z');
  await begin('2026-07-01T09:00:00Z');
  expect(taken).toEqual(['Review the runbook of mockupAWS: 2026-Q2', 'Review the runbook of mockupAWS: 2026-Q3']);
});

it('mails once when a second event comes while the mail is under way: that one tries again, and finds it done', async () => {
  const under = Promise.withResolvers<object>();
  const asked = Promise.withResolvers<void>();
  sns.on(PublishCommand).callsFakeOnce(() => {
    asked.resolve();
    return under.promise;
  });
  const first = begin();
  await asked.promise;
  await expect(begin()).rejects.toThrow('another invocation has claimed the review of 2026-Q2: this one tries again');
  under.resolve({});
  expect(await first).toMatchObject({ mailed: ['cleo', 'dora'] });
  later(60);
  expect(await begin()).toEqual({ quarter: '2026-Q2', mailed: [] });
  expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
});

describe('a mail that fails', () => {
  it('does not count as done, is shown as not mailed, and is sent by the retry', async () => {
    posts = ['lost'];
    later(0);
    await expect(begin()).rejects.toThrow('InternalError');
    expect(await report()).toEqual([{ title, period: '2026-Q2', dueAt: '2026-04-01T09:00:00.000Z' }]);
    later(60);
    await begin();
    expect(taken).toHaveLength(1);
    expect(await report()).toMatchObject([{ mailedAt: '2026-04-01T09:01:00.000Z' }]);
  });

  it('for good is sent when its dead letter is sent again, in the name of its own quarter', async () => {
    posts = ['lost', 'lost', 'lost'];
    for (const seconds of [0, 60, 180]) {
      later(seconds);
      await expect(begin()).rejects.toThrow('InternalError');
    }
    vi.setSystemTime('2026-07-02T10:00:00Z');
    expect(await begin()).toMatchObject({ quarter: '2026-Q2' });
    expect(await report()).toMatchObject([{ mailedAt: '2026-07-02T10:00:00.000Z' }]);
  });
});

it('is mailed again, and not lost, when the record of it could not be written', async () => {
  later(0);
  table.fates = ['answered', 'lost'];
  await expect(begin()).rejects.toThrow();
  later(60);
  await begin();
  expect(taken).toHaveLength(2);
});

it('fails, and is shown as not mailed, where nobody has an e-mail address', async () => {
  vi.stubEnv('REVIEWERS', '');
  await expect(begin()).rejects.toThrow('no reviewer has an e-mail address');
  expect(await report()).toEqual([{ title, period: '2026-Q2', dueAt: '2026-04-01T09:00:00.000Z' }]);
});

it('an event without a time is an error that names the field', async () => {
  await expect(invoke(handler, { 'detail-type': 'Scheduled Event', time: 'April' })).rejects.toThrow(
    'time: expected a time such as 2026-01-01T09:00:00Z',
  );
});

/** Seconds between the attempts of one event: Lambda's own two retries, then a person who sends the dead letter again each day. */
const WAITS = [60, 120, 24 * 3600];

/** Delivers events of one quarter as Lambda does, until each has succeeded. Attempts of the same second run side by side. */
async function deliver(time: string, delays: readonly number[]): Promise<void> {
  let attempts = delays.map(at => ({ at, tries: 0 }));
  while (attempts.length > 0) {
    const at = Math.min(...attempts.map(attempt => attempt.at));
    vi.setSystemTime(Date.parse(time) + at * 1000);
    const now = attempts.filter(attempt => attempt.at === at);
    const outcomes = await Promise.allSettled(now.map(() => begin(time)));
    const failed = now.filter((_, i) => outcomes[i]?.status === 'rejected');
    attempts = [
      ...attempts.filter(attempt => attempt.at > at),
      ...failed.map(({ tries }) => ({ at: at + (WAITS[tries] ?? 24 * 3600), tries: tries + 1 })),
    ];
  }
}

test('each quarter is mailed once whatever is doubled or fails, and again only for a mail that could not be recorded', async () => {
  const fates = fc.array(fc.constantFrom<Fate>('answered', 'lost', 'unheard'), { maxLength: 6 });
  const quarters = fc.array(
    fc.record({
      // Seconds after which each copy of the event arrives.
      delays: fc.array(fc.constantFrom(0, 0, 1, 30, 59, 60, 3600), { minLength: 1, maxLength: 3 }),
      mails: fates,
      calls: fates,
    }),
    { minLength: 1, maxLength: 4 },
  );
  let year = 2026;
  await fc.assert(
    fc.asyncProperty(quarters, async lived => {
      year += 1;
      for (const [i, { delays, mails, calls }] of lived.entries()) {
        [posts, taken, table.fates] = [[...mails], [], [...calls]];
        const time = new Date(Date.UTC(year, i * 3, 1, 9)).toISOString();
        await deliver(time, delays);
        // SNS may have taken a mail without an answer, or it was taken and could not be recorded.
        const unrecorded = [...mails.filter(fate => fate === 'unheard'), ...calls.filter(fate => fate !== 'answered')];
        expect(taken.length).toBeGreaterThanOrEqual(1);
        expect(taken.length).toBeLessThanOrEqual(1 + unrecorded.length);
        expect(new Set(taken)).toEqual(new Set([`Review the runbook of mockupAWS: ${year}-Q${i + 1}`]));
        [posts, table.fates] = [[], []];
        expect(await report(time.slice(0, 7))).toMatchObject([{ dueAt: time, mailed: ['cleo', 'dora'] }]);
      }
    }),
    { numRuns: 30 },
  );
});
