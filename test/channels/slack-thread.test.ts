import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/channels/slack/notify/handler.ts';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import { Slack } from '../../local/vendors/slack.ts';
import { committed, invoke, lastEvent, openIncident, queued, stored, useResponder } from '../support/responder.ts';
import { VendorServer } from '../support/vendor-server.ts';

const TOKEN = 'xoxb-of-a-test';
const CHANNEL = 'C0123456789';
let slack: Slack;

useResponder({ INCIDENT_BUS: 'bus', SLACK_CHANNEL: CHANNEL, BOT_TOKEN_SECRET: 'bot' });
const server = VendorServer.use(() => slack);
const secrets = mockClient(SecretsManagerClient);
const bus = mockClient(EventBridgeClient);

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: TOKEN });
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  slack = new Slack({ now: () => Date.now() }, { channel: CHANNEL, token: TOKEN });
  vi.stubEnv('SLACK_API', `${server.url}/api`);
});

const hears = async (type: EventType) => invoke(handler, queued(await lastEvent(type)));
const note = (text: string) => committed({ type: 'note', id: text, by: 'ada', via: 'link', text });
const refused = () => bus.commandCalls(PutEventsCommand).length;
/** The first messages of threads that people still see. */
const heads = () => slack.messages.filter(({ thread_ts, subtype }) => !thread_ts && !subtype);
const replies = (thread: string | undefined) =>
  slack.messages.filter(({ thread_ts }) => thread_ts === thread).map(({ text }) => text);
const references = async () => (await stored()).references.map(({ ref }) => ref);

it.each([
  ['without replies', 'IncidentOpened', false],
  ['with replies', 'Escalated', true],
] as const)('a thread whose first message somebody deleted, %s, is replaced by another', async (_, first, answered) => {
  await openIncident();
  await hears(first);
  const [deleted] = heads();
  if (!answered) slack.messages.splice(1);
  slack.delete(deleted?.ts ?? '');
  await note('one');
  await hears('NoteAdded');
  const [head, ...more] = heads();
  expect(more).toEqual([]);
  expect(head?.ts).not.toBe(deleted?.ts);
  expect(JSON.stringify(head?.blocks)).toContain('acknowledge');
  expect(replies(head?.ts).at(-1)).toBe(':memo: ada: one');
  expect(await references()).toEqual([`${CHANNEL}/${head?.ts}`]);
  await note('two');
  await hears('NoteAdded');
  expect(heads()).toHaveLength(1);
  expect(replies(head?.ts).slice(-2)).toEqual([':memo: ada: one', ':memo: ada: two']);
  expect(refused()).toBe(0);
});

it('a thread is deleted again, and replaced again', async () => {
  await openIncident();
  for (const text of ['one', 'two', 'three']) {
    await note(text);
    await hears('NoteAdded');
    expect(replies(heads()[0]?.ts).at(-1)).toBe(`:memo: ada: ${text}`);
    slack.delete(heads()[0]?.ts ?? '');
  }
  expect(refused()).toBe(0);
});

it('a new thread whose posting was not recorded is found again', async () => {
  await openIncident();
  await hears('IncidentOpened');
  slack.delete(heads()[0]?.ts ?? '');
  await note('one');
  // The answer to the new first message is lost: conversations.replies and .history come before it.
  const answer = slack.answer.bind(slack);
  let calls = 0;
  vi.spyOn(slack, 'answer').mockImplementation(asked => {
    const given = answer(asked);
    return ++calls === 3 ? { status: 500, body: '' } : given;
  });
  await expect(hears('NoteAdded')).rejects.toThrow('answered 500');
  await hears('NoteAdded');
  expect(heads()).toHaveLength(1);
});

it('an open incident gets a thread in the channel that a deployment names now', async () => {
  await openIncident();
  await hears('IncidentOpened');
  slack = new Slack({ now: () => Date.now() }, { channel: 'C0000000002', token: TOKEN });
  vi.stubEnv('SLACK_CHANNEL', 'C0000000002');
  await note('one');
  await hears('NoteAdded');
  expect(replies(heads()[0]?.ts)).toContain(':memo: ada: one');
  expect(await references()).toEqual([`C0000000002/${heads()[0]?.ts}`]);
});

it('the page of a proxy, which answers with 200, is no refusal', async () => {
  await openIncident();
  vi.spyOn(slack, 'answer').mockReturnValueOnce({ status: 200, body: '<html>Sign in</html>' });
  await expect(hears('IncidentOpened')).rejects.toThrow("Slack's answer to conversations.history is no JSON");
  expect(refused()).toBe(0);
});
