import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as opsgenie } from '../../lambda/channels/opsgenie/notify/handler.ts';
import { handler as pagerduty } from '../../lambda/channels/pagerduty/notify/handler.ts';
import { handler as chat } from '../../lambda/channels/slack/notify/handler.ts';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { Opsgenie } from '../../local/vendors/opsgenie.ts';
import { PagerDuty } from '../../local/vendors/pagerduty.ts';
import { Slack } from '../../local/vendors/slack.ts';
import {
  committed,
  invoke,
  lastEvent,
  openIncident,
  policyOf,
  queued,
  setMinute,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, playbookIn, START, step } from '../support/story.ts';
import { VendorServer } from '../support/vendor-server.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

const ID = 'INC-2026-04-07-001';
const CHANNEL = 'C0123456789';
/** Each secret says which it is, and has the 32 characters of a routing key. */
const secret = (name: string) => name.padEnd(32, '0');
const surroundings = { now: () => Date.now() };
let vendors: { slack: Slack; pagerduty: PagerDuty; opsgenie: Opsgenie };

useResponder({
  INCIDENT_BUS: 'bus',
  SLACK_CHANNEL: CHANNEL,
  BOT_TOKEN_SECRET: 'bot',
  ROUTING_KEY_SECRET: 'routing',
  API_KEY_SECRET: 'api',
  PAGERDUTY_URL: 'https://mockupaws.pagerduty.com',
});
const slackServer = VendorServer.use(() => vendors.slack);
const pagerdutyServer = VendorServer.use(() => vendors.pagerduty);
const opsgenieServer = VendorServer.use(() => vendors.opsgenie);
const secrets = mockClient(SecretsManagerClient);
const bus = mockClient(EventBridgeClient);

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).callsFake(async ({ SecretId }) => ({ SecretString: secret(SecretId) }));
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  vendors = {
    slack: new Slack(surroundings, { channel: CHANNEL, token: secret('bot') }),
    pagerduty: new PagerDuty(surroundings),
    opsgenie: new Opsgenie(secret('api')),
  };
  vi.stubEnv('SLACK_API', `${slackServer.url}/api`);
  vi.stubEnv('PAGERDUTY_API', pagerdutyServer.url);
  vi.stubEnv('OPSGENIE_API', opsgenieServer.url);
});

type Handler = Parameters<typeof invoke>[0];

/** The queue's message about the last entry of a type. */
const hears = async (handler: unknown, type: EventType): Promise<unknown> =>
  invoke(handler as Handler, queued(await lastEvent(type)));

const refusals = () =>
  bus
    .commandCalls(PutEventsCommand)
    .flatMap(({ args }) => args[0].input.Entries ?? [])
    .map(e => JSON.parse(e.Detail ?? ''));
const acknowledge = () => committed({ type: 'acknowledge', id: 'ack', by: 'ada', via: 'link' });
const resolve = (via: 'link' | 'pagerduty' | 'opsgenie' = 'link') =>
  committed({ type: 'resolve', id: 'resolve', by: 'ada', via, reason: 'fixed', whileRed: true });

describe('Slack', () => {
  const texts = () => vendors.slack.messages.map(({ text }) => text);

  it('has one thread an incident, whose first message has the status and is recorded as a reference', async () => {
    await openIncident();
    await hears(chat, 'IncidentOpened');
    await hears(chat, 'Escalated');
    const [head, ...replies] = vendors.slack.messages;
    expect(head?.text).toBe(`P2 mockupAWS Database Connections Exhausted (${ID}): identified: 10 tasks are wanted`);
    expect(replies.map(({ thread_ts }) => thread_ts)).toEqual(replies.map(() => head?.ts));
    expect(replies[0]?.text).toBe('Paging the *on-call engineer* (level 1): opened as P2');
    expect((await stored()).references).toMatchObject([
      {
        system: 'slack',
        ref: `${CHANNEL}/${head?.ts}`,
        url: expect.stringMatching(/^https:\/\/mockupaws\.slack\.com/),
      },
    ]);
  });

  it('updates the first message with the incident: commander, checklist and buttons', async () => {
    await openIncident();
    await hears(chat, 'IncidentOpened');
    const shown = () => JSON.stringify(vendors.slack.messages[0]?.blocks);
    expect(shown()).toContain('none yet');
    expect(shown()).toContain('☐ Acknowledge within 60 min');
    await acknowledge();
    await hears(chat, 'Acknowledged');
    expect(shown()).toContain('☑ Acknowledge');
    expect(shown()).toContain('*Commander*\\nada');
    expect(shown()).toContain('take-command');
    await resolve();
    await hears(chat, 'Resolved');
    expect(shown()).not.toContain('take-command');
    expect(texts()[0]).toContain('resolved');
  });

  it.each([0, 1, 2, 3, 4, 5])('shows each message once, though the answer to API call %i is lost', async call => {
    await openIncident();
    const answered = vendors.slack.answer.bind(vendors.slack);
    let calls = 0;
    vi.spyOn(vendors.slack, 'answer').mockImplementation(asked => {
      const answer = answered(asked);
      return calls++ === call ? { status: 500, body: '' } : answer;
    });
    await hears(chat, 'Escalated').catch(() => undefined);
    await hears(chat, 'Escalated');
    const heads = vendors.slack.messages.filter(({ thread_ts }) => !thread_ts);
    expect(heads).toHaveLength(1);
    expect(new Set(texts()).size).toBe(texts().length);
    expect(texts().length).toBeGreaterThan(1);
  });

  it('gets every message once and in order after an outage, even when the incident is resolved by then', async () => {
    await openIncident();
    slackServer.fails({ status: 500 }, { status: 503 });
    await expect(hears(chat, 'IncidentOpened')).rejects.toThrow('answered 500');
    await acknowledge();
    await expect(hears(chat, 'Acknowledged')).rejects.toThrow('answered 503');
    await resolve();
    await hears(chat, 'IncidentOpened');
    await hears(chat, 'Resolved');
    const told = texts().map(text => /Paging|Diagnosis|Acknowledged|Resolved/.exec(text)?.[0]);
    expect(told).toEqual([undefined, 'Paging', 'Diagnosis', 'Acknowledged', 'Resolved']);
    expect((await stored()).references).toHaveLength(1);
  });

  it('still gets the other messages when it refuses one, and the refused one is a dead letter at once', async () => {
    await openIncident();
    await hears(chat, 'IncidentOpened');
    await committed({ type: 'note', id: 'note', by: 'ada', via: 'link', text: 'one' });
    await committed({ type: 'note', id: 'note 2', by: 'ada', via: 'link', text: 'two' });
    const answered = vendors.slack.answer.bind(vendors.slack);
    vi.spyOn(vendors.slack, 'answer').mockImplementation(asked =>
      asked.body.includes('%3A+one') ? { status: 200, body: { ok: false, error: 'invalid_blocks' } } : answered(asked),
    );
    await hears(chat, 'NoteAdded');
    expect(texts().at(-1)).toBe(':memo: ada: two');
    expect(refusals()).toMatchObject([{ channel: 'slack', reason: 'Slack refused chat.postMessage: invalid_blocks' }]);
  });

  it('is asked once when it rejects the token, and the token is in no log', async () => {
    await openIncident();
    vendors.slack = new Slack(surroundings, { channel: CHANNEL, token: 'another' });
    await hears(chat, 'IncidentOpened');
    expect(slackServer.asked).toHaveLength(1);
    expect(refusals()).toMatchObject([{ reason: 'Slack refused conversations.history: invalid_auth' }]);
    expect(
      JSON.stringify([refusals(), vi.mocked(console.error).mock.calls, vi.mocked(console.info).mock.calls]),
    ).not.toContain(secret('bot'));
  });

  it('shows what people write as text, escaped and cut to 3000 characters', async () => {
    await openIncident();
    await committed({ type: 'note', id: 'note', by: 'ada', via: 'link', text: `<!channel> & ${'x'.repeat(9000)}` });
    await hears(chat, 'NoteAdded');
    expect(texts().at(-1)).toMatch(/^:memo: ada: &lt;!channel&gt; &amp; x+…$/);
    expect(texts().at(-1)?.length).toBe(3000);
  });
});

describe('PagerDuty', () => {
  it('has one ticket an incident, which is triggered, acknowledged and resolved with it', async () => {
    await openIncident();
    await hears(pagerduty, 'IncidentOpened');
    await acknowledge();
    await hears(pagerduty, 'Acknowledged');
    await resolve();
    await hears(pagerduty, 'Resolved');
    expect(vendors.pagerduty.events.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual([
      ['trigger', ID],
      ['acknowledge', ID],
      ['resolve', ID],
    ]);
    expect(vendors.pagerduty.events[0]).toMatchObject({
      routing_key: secret('routing'),
      payload: {
        summary: `P2 ${ID} mockupAWS Database Connections Exhausted`,
        severity: 'error',
        class: 'DatabaseConnections',
      },
    });
    expect((await stored()).references).toMatchObject([{ system: 'pagerduty', ref: ID }]);
  });

  it('hears of a severity that rises under the same key, and calls people by the urgency that follows', async () => {
    await openIncident([step('kill-idle')], { level: 'warning' });
    await hears(pagerduty, 'IncidentOpened');
    setMinute(20);
    await committed({ type: 'set severity', id: 'severity', severity: 'P1', by: 'ada', reason: 'checkout is down' });
    for (const type of ['SeverityAssigned', 'Escalated'] as const) await hears(pagerduty, type);
    const triggers = vendors.pagerduty.events.map(({ event_action, dedup_key, payload }) => [
      ...[event_action, dedup_key, payload.severity, payload.timestamp, payload.custom_details.latest],
    ]);
    expect(triggers).toEqual([
      ['trigger', ID, 'warning', START, undefined],
      ['trigger', ID, 'critical', minute(20), 'paging the on-call engineer (level 1): severity raised to P1'],
    ]);
    expect(vendors.pagerduty.tickets).toHaveLength(1);
    expect(vendors.pagerduty.calls.map(({ urgency }) => urgency)).toEqual(['low', 'high']);
    setMinute(30);
    await committed({ type: 'set severity', id: 'lower', severity: 'P4', by: 'ada', reason: 'nobody is affected' });
    await hears(pagerduty, 'SeverityAssigned');
    expect(vendors.pagerduty.events.at(-1)?.payload).toMatchObject({
      ...{ severity: 'info', timestamp: minute(30) },
      custom_details: { latest: 'P4: set by a person: ada, nobody is affected' },
    });
  });

  it('hears of calls, of a lapsed acknowledgement and of a hand-over, and of what came with the opening once', async () => {
    await openIncident();
    for (const type of ['IncidentOpened', 'SeverityAssigned', 'Escalated'] as const) await hears(pagerduty, type);
    expect(vendors.pagerduty.events).toHaveLength(1);
    setMinute(15);
    await committed({ type: 'fulfil', id: 'watch', obligation: { type: 'escalate', level: 2 } });
    await hears(pagerduty, 'Escalated');
    await acknowledge();
    await committed({ type: 'withdraw acknowledgement', id: 'unack', by: 'ada', via: 'link' });
    for (const type of ['AcknowledgementWithdrawn', 'Escalated'] as const) await hears(pagerduty, type);
    await committed({ type: 'end response', id: 'crash', attempt: 1, reason: 'the workflow crashed' });
    await hears(pagerduty, 'HandedOver');
    expect(vendors.pagerduty.events.slice(1).map(({ payload }) => payload.custom_details.latest)).toEqual([
      'paging the senior engineer (level 2): not acknowledged for 15 min',
      'paging the on-call engineer (level 1): the acknowledgement by ada was withdrawn',
      'handed over to people: the workflow crashed. Automation tries again once what holds it back has passed',
    ]);
  });

  it('hears of a cause that is found later, under the same key', async () => {
    const base = policyOf(step('kill-idle'));
    const symptom = { ...playbookIn(base), name: 'ServiceHealth', title: 'Service Down', symptom: true };
    const policy = { ...base, playbooks: [...base.playbooks, symptom] };
    await receive(signal({ id: 'symptom', key: 'alarm:down', playbook: 'ServiceHealth' }), policy);
    await hears(pagerduty, 'IncidentOpened');
    setMinute(3);
    await receive(signal({ id: 'cause' }), policy);
    await hears(pagerduty, 'CauseFound');
    expect(vendors.pagerduty.tickets).toHaveLength(1);
    expect(vendors.pagerduty.events.at(-1)?.payload).toMatchObject({
      summary: `P2 ${ID} mockupAWS Database Connections Exhausted`,
      custom_details: { latest: 'the trouble is: Database Connections Exhausted' },
    });
  });

  it('gets no event that came from PagerDuty, and none for an incident resolved before it was sent', async () => {
    await openIncident();
    await committed({ type: 'acknowledge', id: 'ack', by: 'ada', via: 'pagerduty' });
    await hears(pagerduty, 'Acknowledged');
    await resolve('pagerduty');
    for (const type of ['IncidentOpened', 'Resolved'] as const) await hears(pagerduty, type);
    expect(pagerdutyServer.asked).toEqual([]);
  });

  it('is asked once when it answers 400, and the event is a dead letter at once', async () => {
    await openIncident();
    pagerdutyServer.fails({ status: 400 });
    await hears(pagerduty, 'IncidentOpened');
    expect(pagerdutyServer.asked).toHaveLength(1);
    expect(refusals()).toMatchObject([{ channel: 'pagerduty', incident: { id: ID }, entry: { seq: 0 } }]);
    expect((await stored()).references).toEqual([]);
  });

  it.each([
    ['busy for two seconds', { status: 429, headers: { 'retry-after': '2' } } as const, 2, false],
    ['busy for five minutes', { status: 429, headers: { 'retry-after': '300' } } as const, 1, true],
    ['answering 500', { status: 500 } as const, 1, true],
    ['answering 200, as the page of a proxy does', { status: 200 } as const, 1, true],
    ['cutting the connection', 'unheard' as const, 1, true],
  ])('that is %s is asked again by the function or by the queue', async (_, failure, requests, later) => {
    await openIncident();
    pagerdutyServer.fails(failure);
    const heard = hears(pagerduty, 'IncidentOpened');
    if (later) await expect(heard).rejects.toThrow();
    else await heard;
    expect(pagerdutyServer.asked).toHaveLength(requests);
    expect(refusals()).toEqual([]);
  });
});

describe('Opsgenie', () => {
  it('has one alert an incident, which is created, acknowledged and closed with it', async () => {
    await openIncident();
    await hears(opsgenie, 'IncidentOpened');
    setMinute(2);
    await acknowledge();
    await hears(opsgenie, 'Acknowledged');
    await resolve();
    await hears(opsgenie, 'Resolved');
    expect(vendors.opsgenie.requests.map(({ path }) => path)).toEqual([
      '/v2/alerts',
      `/v2/alerts/${ID}/acknowledge?identifierType=alias`,
      `/v2/alerts/${ID}/close?identifierType=alias`,
    ]);
    expect(vendors.opsgenie.requests[0]?.body).toMatchObject({ alias: ID, priority: 'P2' });
  });

  it('has the priority of the severity, also when it changes', async () => {
    await openIncident();
    await hears(opsgenie, 'SeverityAssigned');
    setMinute(2);
    await committed({ type: 'set severity', id: 'severity', severity: 'P1', by: 'ada' });
    await hears(opsgenie, 'SeverityAssigned');
    expect(vendors.opsgenie.requests).toEqual([
      { path: `/v2/alerts/${ID}/priority?identifierType=alias`, body: { priority: 'P1' } },
    ]);
  });

  it('is asked once when it rejects the key', async () => {
    await openIncident();
    vendors.opsgenie = new Opsgenie('another');
    await hears(opsgenie, 'IncidentOpened');
    expect(opsgenieServer.asked).toHaveLength(1);
    expect(refusals()).toMatchObject([{ channel: 'opsgenie' }]);
  });
});
