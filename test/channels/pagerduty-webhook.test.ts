import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { handler } from '../../lambda/channels/pagerduty/webhook/handler.ts';
import { ticketTitle } from '../../lambda/domain/incident/followed-ticket.ts';
import { formatEvent } from '../../lambda/domain/messages/log.ts';
import { PagerDuty, type TicketAct } from '../../local/vendors/pagerduty.ts';
import {
  type Agent,
  INTEGRATION,
  type Ticket,
  type WebhookEvent,
  webhookRequest,
} from '../../local/vendors/pagerduty-webhook.ts';
import { useCommandFunction, useWorkflows } from '../support/aws-mocks.ts';
import { committed, invoke, openIncident, stored, useResponder } from '../support/responder.ts';
import { types } from '../support/story.ts';

const ID = 'INC-2026-04-07-001';
const SECRET = 'secret of webhook';
const WORKFLOW: Agent = { type: 'incident_workflow_reference', summary: 'Close what is stale' };
const TOKEN: Agent = { type: 'api_key_reference', summary: 'deploy bot' };

useResponder({
  RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
  COMMAND_FUNCTION: 'command:pagerduty',
  WEBHOOK_SECRET: 'webhook',
});
const secrets = mockClient(SecretsManagerClient);
const lambda = useCommandFunction();
useWorkflows();
let vendor: PagerDuty;

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).callsFake(async ({ SecretId }) => ({ SecretString: `secret of ${SecretId}` }));
  vendor = new PagerDuty({ now: () => Date.now() });
});

type Request = Omit<ReturnType<typeof webhookRequest>, 'headers'> & { headers: Record<string, string> };

/** As a Function URL hands it over. */
async function comes({ method, body, headers }: Request): Promise<{ status: number; answer: Record<string, unknown> }> {
  const { statusCode, body: answer } = await invoke(handler, {
    ...{ version: '2.0', rawPath: '/', rawQueryString: '', headers, isBase64Encoded: false, body },
    requestContext: { http: { method } },
  });
  return { status: statusCode, answer: JSON.parse(answer) };
}

const sent = (event: WebhookEvent) => comes(webhookRequest(SECRET, event));
const does = (ticket: Ticket, act: TicketAct, agent?: Agent) => sent(vendor.act(ticket, act, agent));
const happened = async () => types((await stored()).timeline);
const last = async () => (await stored()).timeline.at(-1);
const lastLine = async () => {
  const incident = await stored();
  const event = incident.timeline.at(-1);
  return event && formatEvent(event, incident)[1];
};
const references = async () => (await stored()).references.map(({ ref, url }) => [ref, url]);
const acknowledge = (via: 'link' | 'pagerduty' = 'link') =>
  committed({ type: 'acknowledge', id: 'ack', by: 'ada', via });

/** An open incident, and the ticket that our event has opened for it, which is recorded. */
async function openTicket(): Promise<Ticket> {
  await openIncident();
  const ticket = vendor.open(ticketTitle(await stored()), [[ID, 'error']], INTEGRATION);
  await sent(vendor.webhooks[0] as WebhookEvent);
  lambda.resetHistory();
  return ticket;
}

const urlOf = ({ id }: Ticket) => `https://mockupaws.pagerduty.com/incidents/${id}`;

describe('what people do to the ticket', () => {
  it.each<[TicketAct, object, string]>([
    [{ does: 'acknowledge' }, { type: 'Acknowledged' }, 'acknowledged by Tenex Engineer (pagerduty) until 10:00'],
    [{ does: 'annotate', text: 'looking' }, { type: 'NoteAdded' }, 'Tenex Engineer (pagerduty): looking'],
    [{ does: 'resolve' }, { type: 'Resolved' }, 'resolved by Tenex Engineer (pagerduty): resolved in PagerDuty'],
    [
      { does: 'reassign', to: ['Ada', 'Ben'] },
      { type: 'TicketChanged', change: 'reassigned' },
      'ticket reassigned by Tenex Engineer (pagerduty): Ada, Ben',
    ],
    [
      { does: 'delegate', policy: 'Database team' },
      { type: 'TicketChanged', change: 'delegated' },
      'ticket delegated by Tenex Engineer (pagerduty): Database team',
    ],
    [
      { does: 'escalate' },
      { type: 'TicketChanged', change: 'escalated' },
      'ticket escalated by Tenex Engineer (pagerduty): Lead Engineer',
    ],
    [
      { does: 'prioritise', priority: 'P1' },
      { type: 'TicketChanged', change: 'priority' },
      "ticket's priority set by Tenex Engineer (pagerduty): P1",
    ],
    [
      { does: 'publish status', text: 'we are on it' },
      { type: 'TicketChanged', change: 'status update' },
      'status update in the ticket by Tenex Engineer (pagerduty): we are on it',
    ],
    [
      { does: 'reopen' },
      { type: 'TicketChanged', change: 'reopened' },
      'ticket reopened by Tenex Engineer (pagerduty)',
    ],
    [
      { does: 'unacknowledge' },
      { type: 'TicketChanged', change: 'unacknowledged' },
      'ticket unacknowledged by Tenex Engineer (pagerduty)',
    ],
  ])('%j is on the timeline once, with who', async (act, entry, line) => {
    const ticket = await openTicket();
    const event = vendor.act(ticket, act);
    for (let times = 0; times < 2; times++) expect(await sent(event)).toMatchObject({ status: 200 });
    expect(await last()).toMatchObject({ ...entry, by: 'Tenex Engineer', via: 'pagerduty' });
    expect((await stored()).timeline.filter(({ command }) => command === `person/pagerduty/${event.id}`).length).toBe(
      1,
    );
    expect(await lastLine()).toBe(line);
  });

  it('is under a name that the responder does not use for itself', async () => {
    await does(await openTicket(), { does: 'resolve' }, { type: 'user_reference', summary: 'Automation\u200b' });
    expect(await last()).toMatchObject({ type: 'Resolved', by: 'somebody in PagerDuty', via: 'pagerduty' });
  });

  it('withdraws the acknowledgement when somebody unacknowledges, or when it lapses there', async () => {
    const ticket = await openTicket();
    for (const [agent, reason] of [
      [undefined, 'unacknowledged in PagerDuty'],
      [null, 'it lapsed in PagerDuty'],
    ] as const) {
      await does(ticket, { does: 'acknowledge' });
      await does(ticket, { does: 'unacknowledge' }, agent);
      expect((await happened()).slice(-3)).toEqual(['Acknowledged', 'AcknowledgementWithdrawn', 'Escalated']);
      expect(await last()).toMatchObject({
        level: 1,
        reason: `the acknowledgement by Tenex Engineer was withdrawn: ${reason}`,
      });
    }
  });

  it('is told of an incident that is over: a ticket that is reopened reopens nothing', async () => {
    const ticket = await openTicket();
    await does(ticket, { does: 'resolve' });
    const before = await happened();
    await does(ticket, { does: 'reopen' });
    expect(await lastLine()).toBe(
      `ticket reopened by Tenex Engineer (pagerduty): ${ID} stays over; what is red opens a new incident`,
    );
    expect((await does(ticket, { does: 'acknowledge' })).answer).toEqual({
      happened: [],
      refused: `${ID} is resolved`,
    });
    expect(await happened()).toEqual([...before, 'TicketChanged']);
    expect(await stored()).toMatchObject({ status: 'resolved' });
  });
});

describe('what no person does to it', () => {
  it.each<[string, Agent, string]>([
    ['a workflow', WORKFLOW, 'a workflow in PagerDuty, Close what is stale'],
    ['an API token', TOKEN, 'an API token, deploy bot'],
    ['an API token without a name', { type: 'api_key_reference' }, 'an API token'],
  ])('%s resolves as a person does, under its own name, and answers no page', async (_, agent, by) => {
    const ticket = await openTicket();
    await does(ticket, { does: 'acknowledge' }, agent);
    expect(await last()).toMatchObject({ type: 'TicketChanged', change: 'acknowledged', by });
    expect((await stored()).acknowledged).toBeUndefined();
    await does(ticket, { does: 'resolve' }, agent);
    expect(await last()).toMatchObject({ type: 'Resolved', by, via: 'pagerduty', reason: 'resolved in PagerDuty' });
  });

  it.each<[string, Agent]>([
    ['nobody', null],
    ["the service's time limit", { type: 'service_reference', summary: 'mockupAWS' }],
  ])('that %s resolved the ticket is told, and the incident goes on', async (_, agent) => {
    const ticket = await openTicket();
    await does(ticket, { does: 'resolve' }, agent);
    expect(await lastLine()).toBe(
      'ticket resolved by PagerDuty (pagerduty): nobody decided it, so this incident goes on',
    );
    expect((await stored()).resolvedAt).toBeUndefined();
  });

  it('our own events come back and do nothing, but for the opening, which tells the ticket', async () => {
    const ticket = await openTicket();
    const [opening] = vendor.webhooks;
    expect(opening).toMatchObject({ event_type: 'incident.triggered', data: { incident_key: null } });
    await sent(opening as WebhookEvent);
    expect(await references()).toEqual([[ticket.id, urlOf(ticket)]]);
    const before = await happened();
    for (const does of ['acknowledge', 'resolve'] as const) await sent(vendor.act(ticket, { does }, INTEGRATION));
    expect(await happened()).toEqual(before);
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(1);
  });
});

describe('a merge', () => {
  it('resolves nothing, and the incident follows the other ticket from then on', async () => {
    const ticket = await openTicket();
    await acknowledge('pagerduty');
    const other = vendor.open('A little bump in the road');
    await does(ticket, { does: 'merge', into: other });
    expect((await stored()).resolvedAt).toBeUndefined();
    expect((await happened()).slice(-2)).toEqual(['ReferenceAdded', 'TicketChanged']);
    expect(await lastLine()).toBe(
      'ticket merged by Tenex Engineer (pagerduty) into A little bump in the road: this incident goes on',
    );
    expect(await references()).toEqual([[other.id, urlOf(other)]]);
    await does(ticket, { does: 'annotate', text: 'on the ticket that is merged' });
    await does(other, { does: 'annotate', text: 'on the other' });
    expect(await last()).toMatchObject({ type: 'NoteAdded', text: 'on the other' });
    expect((await happened()).filter(type => type === 'NoteAdded')).toHaveLength(1);
    await does(other, { does: 'resolve' });
    expect(await last()).toMatchObject({ type: 'Resolved', by: 'Tenex Engineer' });
  });

  it('of two of our tickets makes what happens to the one concern both incidents', async () => {
    const ticket = await openTicket();
    const key = { slot: 'mockupaws-production/CacheFailure', number: 1 };
    await openIncident([], { id: 'another', playbook: 'CacheFailure' });
    const second = await stored(key);
    const other = vendor.open(ticketTitle(second), [[second.id, 'error']], INTEGRATION);
    await sent(vendor.webhooks.at(-1) as WebhookEvent);
    await does(ticket, { does: 'merge', into: other });
    await does(other, { does: 'acknowledge' });
    for (const incident of [await stored(), await stored(key)])
      expect(incident.acknowledged).toMatchObject({ by: 'Tenex Engineer' });
  });
});

describe('another ticket', () => {
  it('does nothing to an incident that its title only mentions', async () => {
    await openTicket();
    const before = await happened();
    const titles = [`Follow-up of P2 ${ID} mockupAWS Database`, ID, `P2 ${ID} shop, staging`, 'Disk full'];
    const ofOtherTools = titles.map(title => vendor.open(title, [[`other/${title}`, 'error']], INTEGRATION));
    const ofPeople = [...titles, ticketTitle(await stored())].map(title => vendor.open(title));
    for (const other of [...ofOtherTools, ...ofPeople])
      for (const act of ['acknowledge', 'resolve'] as const) await does(other, { does: act });
    expect(await happened()).toEqual(before);
  });

  it.each<[string, Agent]>([
    ['a person has opened with our title', { type: 'user_reference', summary: 'Tenex Engineer' }],
    ['our event has opened, before that was told', INTEGRATION],
  ])('that %s does nothing', async (_, agent) => {
    await openIncident();
    const copy = vendor.open(ticketTitle(await stored()), [[ID, 'error']], agent);
    const opening = vendor.webhooks.at(-1) as WebhookEvent;
    if (agent !== INTEGRATION) await sent(opening);
    for (const act of ['acknowledge', 'resolve'] as const)
      expect((await does(copy, { does: act })).answer).toMatchObject({ happened: [] });
    expect((await happened()).filter(type => /Acknowledged|Resolved|ReferenceAdded/.test(type))).toEqual([]);
    await sent(opening);
    await does(copy, { does: 'resolve' });
    expect((await happened()).includes('Resolved')).toBe(agent === INTEGRATION);
  });

  it('of the same title does nothing once a ticket is followed, unless our event has opened it', async () => {
    const ticket = await openTicket();
    await sent(vendor.webhooks[0] as WebhookEvent);
    await does(ticket, { does: 'resolve' }, null);
    const again = vendor.open(ticket.title, [[ID, 'critical']], INTEGRATION);
    const opening = vendor.webhooks.at(-1) as WebhookEvent;
    await does(again, { does: 'acknowledge' });
    expect((await stored()).acknowledged).toBeUndefined();
    await sent(opening);
    await does(again, { does: 'acknowledge' });
    expect((await stored()).acknowledged).toMatchObject({ by: 'Tenex Engineer' });
    expect(await references()).toEqual([[again.id, urlOf(again)]]);
  });

  it('is ours by the key, where PagerDuty tells it, whatever its title', async () => {
    const ticket = await openTicket();
    Object.assign(ticket, { title: 'Checkout is down', key: ID });
    await does(ticket, { does: 'acknowledge' });
    expect(await last()).toMatchObject({ type: 'Acknowledged' });
    expect(await references()).toEqual([[ticket.id, urlOf(ticket)]]);
  });
});

describe('a request', () => {
  const acknowledged = async () => vendor.act(await openTicket(), { does: 'acknowledge' });

  it.each<[string, (event: WebhookEvent) => object]>([
    ['a huge id', event => ({ ...event, id: 'x'.repeat(100_000) })],
    ['an id that is none', event => ({ ...event, id: '../\u0000' })],
    ['an empty id', event => ({ ...event, id: '' })],
    ['a number as its id', event => ({ ...event, id: 7 })],
    ['no type', ({ event_type: _, ...event }) => event],
  ])('with %s is answered 400, and asks nothing', async (_, change) => {
    const event = await acknowledged();
    expect(await comes(webhookRequest(SECRET, change(event)))).toMatchObject({ status: 400 });
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  });

  it.each<[string, object]>([
    ['of another type', { event_type: 'incident.role.assigned' }],
    ['of a type that is a name of every object', { event_type: '__proto__' }],
    ['that a person opened', { event_type: 'incident.triggered' }],
    ['that tests the subscription', { event_type: 'pagey.ping', data: { message: 'Hello' } }],
    ['without an incident', { data: { id: null } }],
    ['with an incident id that is none', { data: { id: 'a b' } }],
    ['whose fields are not as documented', { data: { id: 'PGR0VU1', title: 7 } }],
  ])('%s is answered 200, and asks nothing', async (_, change) => {
    expect(await sent({ ...(await acknowledged()), ...change })).toMatchObject({ status: 200 });
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  });

  it('with texts of any length is taken, with as much as is kept', async () => {
    const ticket = await openTicket();
    const event = vendor.act(
      ticket,
      { does: 'annotate', text: 'n'.repeat(50_000) },
      {
        type: 'user_reference',
        summary: 's'.repeat(5000),
      },
    );
    expect(await sent(event)).toMatchObject({ status: 200, answer: { happened: ['NoteAdded'] } });
  });

  it('fails when the command failed, so that PagerDuty sends it again', async () => {
    const event = await acknowledged();
    lambda.on(InvokeCommand).rejects(new Error('TooManyRequestsException'));
    await expect(sent(event)).rejects.toThrow();
  });

  it('does nothing without a valid signature, and one valid signature of several is enough', async () => {
    const event = await acknowledged();
    const good = webhookRequest(SECRET, event);
    const signature = good.headers['x-pagerduty-signature'];
    const forged = webhookRequest('another', event).headers['x-pagerduty-signature'];
    const signedBy = (header: string) => ({ ...good, headers: { 'x-pagerduty-signature': header } });
    for (const header of ['', 'v1=', forged, signature.slice(0, -1), signature.replace('v1=', 'v0='), `${signature}0`])
      expect(await comes(signedBy(header))).toMatchObject({ status: 401 });
    expect(await comes({ ...good, body: good.body.replace(ID, 'INC-2026-04-07-002') })).toMatchObject({ status: 401 });
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
    expect(await comes(signedBy(`${forged}, ${signature}`))).toMatchObject({ status: 200 });
    expect(await last()).toMatchObject({ type: 'Acknowledged' });
  });
});
