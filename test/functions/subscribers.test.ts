import {
  InternalServiceErrorException,
  ListContactsCommand,
  MessageRejected,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventOf } from '../../lambda/domain/incident/events.ts';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { handler as mail } from '../../lambda/functions/mail/handler.ts';
import { handler as subscribers } from '../../lambda/functions/subscribers/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { keepMail } from '../../lambda/store/customer-mails.ts';
import { busEvent, committed, invoke, policyOf, queued, setMinute, signal, stored } from '../support/responder.ts';
import { of } from '../support/story.ts';
import { contacts, mailed, STATUS_PAGE, ses, useSubscribers } from '../support/subscribers.ts';

const ID = 'INC-2026-04-07-001';
const [ADA, BEN, CLEO] = ['ada@customer.example', 'ben@customer.example', 'cleo@customer.example'] as const;

const POLICY = { ...policyOf(), severities: RUNBOOK_SEVERITIES, statusPage: STATUS_PAGE };

interface Message {
  MessageBody: string;
  MessageGroupId: string;
}

useSubscribers();
const sqs = mockClient(SQSClient);
/** What waits for the mail function, as it was sent. */
let queue: Message[];

beforeEach(() => {
  queue = [];
  sqs.reset();
  sqs.on(SendMessageBatchCommand).callsFake(async ({ Entries }) => {
    queue.push(...Entries);
    return { Successful: Entries };
  });
  subscribed(ADA, 'api', 'website');
  subscribed(BEN, 'website');
  subscribed(CLEO);
});

function subscribed(email: string, ...components: string[]): void {
  contacts.set(email, {
    ContactListName: 'mockupaws-production-status',
    EmailAddress: email,
    TopicPreferences: STATUS_PAGE.components.map(({ id }) => ({
      TopicName: id,
      SubscriptionStatus: components.includes(id) ? 'OPT_IN' : 'OPT_OUT',
    })),
    UnsubscribeAll: false,
  });
}

/** An incident that customers are told of. */
async function published(components?: string[]): Promise<void> {
  await receive(signal(), POLICY);
  await committed({ type: 'publish', id: 'publish', by: 'ada', components });
}
const says = (text: string) => committed({ type: 'post update', id: `says ${text}`, by: 'ada', text });

const hears = ({ seq, type }: { seq: number; type: string }) => invoke(subscribers, queued(busEvent({ seq, type })));
const updates = async (): Promise<EventOf<'UpdatePosted'>[]> =>
  of((await stored()).timeline, 'UpdatePosted').filter(({ to }) => to === 'public');
const hearsLast = async () => hears((await updates()).at(-1) as EventOf<'UpdatePosted'>);

/** What waits is mailed, the oldest first. */
const delivers = async (messages = queue.splice(0)) => {
  for (const { MessageBody } of messages) await invoke(mail, { Records: [{ body: MessageBody }] });
};
const got = (email: string) => mailed().flatMap(({ to, subject }) => (to === email ? [subject] : []));
const logged = () => JSON.stringify([vi.mocked(console.info).mock.calls, vi.mocked(console.error).mock.calls]);

describe('an update for customers', () => {
  it('is mailed once to each subscriber of an affected component, with links to unsubscribe', async () => {
    await published();
    await says('Pages do not load.');
    await hearsLast();
    await delivers();
    expect(mailed().map(({ to }) => to)).toEqual([ADA, BEN]);
    expect(got(ADA)).toEqual(['Service Disruption - mockupAWS']);
    for (const { body, input } of mailed()) {
      expect(body).toContain('{{amazonSESUnsubscribeUrl}}');
      expect(input.ListManagementOptions).toEqual({ ContactListName: 'mockupaws-production-status' });
      expect(input.ConfigurationSetName).toBe('mockupaws-production-status');
    }
    expect(logged()).not.toContain('@');
    expect(of((await stored()).timeline, 'MessageDelivered').map(({ channel }) => channel)).toEqual(['subscribers']);
  });

  it('of one component is mailed to its subscribers alone', async () => {
    await published(['api']);
    await says('Requests fail.');
    await hearsLast();
    await delivers();
    expect(mailed().map(({ to }) => to)).toEqual([ADA]);
  });

  it('is also mailed to those who were told of it before a person said that it is of other components', async () => {
    subscribed(CLEO, 'api');
    await published(['api']);
    await says('Requests fail.');
    await hearsLast();
    await delivers();
    await committed({ type: 'publish', id: 'other', by: 'ada', components: ['website'] });
    for (const text of ['It is the website alone.', 'It is over.']) {
      await says(text);
      await hearsLast();
      await hearsLast();
      await delivers();
    }
    expect([ADA, BEN, CLEO].map(email => got(email).length)).toEqual([3, 2, 3]);
  });

  it('is not mailed to a person who unsubscribed from everything', async () => {
    contacts.set(BEN, { ...contacts.get(BEN), ContactListName: '', EmailAddress: BEN, UnsubscribeAll: true });
    await published();
    await says('Pages do not load.');
    await hearsLast();
    expect(queue.map(({ MessageBody }) => JSON.parse(MessageBody).email)).toEqual([ADA]);
  });

  it('is not mailed before publication, or when it is for stakeholders alone', async () => {
    await receive(signal(), POLICY);
    await says('before customers are told');
    await committed({ type: 'publish', id: 'publish', by: 'ada' });
    await committed({ type: 'post update', id: 'internal', by: 'ada', text: 'inside', internal: true });
    for (const entry of of((await stored()).timeline, 'UpdatePosted')) await hears(entry);
    expect(queue).toEqual([]);
  });

  it('is mailed once though its event comes twice', async () => {
    await published();
    await says('Pages do not load.');
    await hearsLast();
    await hearsLast();
    expect(queue).toHaveLength(2);
    await delivers([...queue, ...queue]);
    expect([got(ADA).length, got(BEN).length]).toEqual([1, 1]);
  });

  it('is queued again after a crash halfway, and mailed once', async () => {
    for (let n = 0; n < 25; n++) subscribed(`c${n}@customer.example`, 'api');
    await published();
    await says('Pages do not load.');
    let taken = 0;
    sqs.on(SendMessageBatchCommand).callsFake(async ({ Entries }) => {
      if (++taken > 1) throw new Error('SQS is down');
      queue.push(...Entries);
      return { Successful: Entries };
    });
    await expect(hearsLast()).rejects.toThrow('SQS is down');
    expect(queue.length).toBeGreaterThan(0);
    await delivers();
    expect((await stored()).timeline.some(({ type }) => type === 'MessageDelivered')).toBe(false);
    taken = -100;
    await hearsLast();
    await delivers();
    const times = new Map<string, number>();
    for (const { to } of mailed()) times.set(to, (times.get(to) ?? 0) + 1);
    expect([times.size, Math.max(...times.values())]).toEqual([27, 1]);
  });

  it('is not recorded as delivered when the queue refused a part', async () => {
    await published();
    await says('Pages do not load.');
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [{ Id: '1', Code: 'x', SenderFault: false }] });
    await expect(hearsLast()).rejects.toThrow('refused 1 of 2: x');
    expect((await stored()).timeline.some(({ type }) => type === 'MessageDelivered')).toBe(false);
  });
});

describe('while SES is down', () => {
  it('updates wait, then subscribers get the latest and none that it replaced', async () => {
    await published();
    ses.on(SendEmailCommand).rejects(new InternalServiceErrorException({ message: 'down', $metadata: {} }));
    const waiting: Message[] = [];
    for (const text of ['first', 'second']) {
      await says(text);
      await hearsLast();
      waiting.push(...queue.splice(0));
      setMinute(30);
    }
    await expect(delivers(waiting.slice(0, 1))).rejects.toThrow('SES answered InternalServiceErrorException');
    ses.on(SendEmailCommand).resolves({});
    ses.resetHistory();
    await delivers(waiting);
    expect(mailed().map(({ to, body }) => [to, body.split('\n')[0]])).toEqual([
      [ADA, 'second'],
      [BEN, 'second'],
    ]);
  });

  it('and the list cannot be read, an update is left to the one that replaced it', async () => {
    await published();
    await says('first');
    ses.on(ListContactsCommand).rejects(new InternalServiceErrorException({ message: 'down', $metadata: {} }));
    await expect(hearsLast()).rejects.toThrow('SES answered');
    await says('second');
    ses.on(ListContactsCommand).resolves({ Contacts: [...contacts.values()] });
    const [first, second] = await updates();
    await hears(first as EventOf<'UpdatePosted'>);
    expect(queue).toEqual([]);
    await hears(second as EventOf<'UpdatePosted'>);
    await delivers();
    expect(got(ADA)).toEqual([expect.stringMatching(/^\[\w+\] Service Disruption - mockupAWS$/)]);
  });

  it('a late update replaces no later one, and a late mail has the latest words', async () => {
    await published();
    await says('first');
    await hearsLast();
    const first = queue.splice(0);
    await says('second');
    await hearsLast();
    await keepMail(ID, { number: 1, subject: 'late', body: 'late', components: ['api'] });
    await delivers();
    await delivers(first);
    expect(mailed().map(({ body }) => body.split('\n')[0])).toEqual(['second', 'second']);
  });
});

it('an address that SES refuses for good becomes a dead letter, and delays nobody', async () => {
  ses.on(SendEmailCommand).callsFake(async ({ Destination }) => {
    if (Destination.ToAddresses[0] === ADA)
      throw new MessageRejected({ message: `Email address is not verified: ${ADA}`, $metadata: {} });
    return {};
  });
  await published();
  await says('Pages do not load.');
  await hearsLast();
  await delivers();
  expect(mailed().map(({ to }) => to)).toEqual([ADA, BEN]);
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input)).toMatchObject([
    { QueueUrl: 'https://sqs/dead.fifo', MessageBody: expect.stringContaining(ADA) },
  ]);
  expect(logged()).not.toContain(ADA);
});

it('mails to one subscriber share a group, in which they stay in order', async () => {
  await published();
  for (const text of ['first', 'second']) {
    await says(text);
    await hearsLast();
  }
  const groups = new Map<string, string>();
  for (const { MessageBody, MessageGroupId } of queue) {
    const { email } = JSON.parse(MessageBody);
    expect(groups.get(email) ?? MessageGroupId).toBe(MessageGroupId);
    expect(MessageGroupId).not.toContain(email);
    groups.set(email, MessageGroupId);
  }
  expect(new Set(groups.values()).size).toBe(2);
});

it('the review for customers is mailed to subscribers', async () => {
  await published();
  await says('Pages do not load.');
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'by hand' });
  const review = { summary: 'inside', rootCause: 'inside', lessons: 'inside', dataImpact: 'none' };
  const customers = 'We had too few servers.';
  await committed({ type: 'finish post-mortem', id: 'review', by: 'ada', ...review, customers });
  await hears(of((await stored()).timeline, 'PostMortemDone')[0] as EventOf<'PostMortemDone'>);
  await delivers();
  expect(mailed()[0]).toMatchObject({ to: ADA, subject: '[Post-mortem] Service Disruption - mockupAWS' });
  expect(mailed()[0]?.body).toContain(customers);
  expect(mailed()[0]?.body).not.toContain('inside');
});
