import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { handler } from '../../lambda/channels/pagerduty/webhook/handler.ts';
import { ticketTitle } from '../../lambda/domain/incident/followed-ticket.ts';
import { PagerDuty } from '../../local/vendors/pagerduty.ts';
import { INTEGRATION, type WebhookEvent, webhookRequest } from '../../local/vendors/pagerduty-webhook.ts';
import { useCommandFunction, useWorkflows } from '../support/aws-mocks.ts';
import { invoke, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { minute } from '../support/story.ts';

useResponder({
  RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
  COMMAND_FUNCTION: 'command:pagerduty',
  WEBHOOK_SECRET: 'webhook',
});
const secrets = mockClient(SecretsManagerClient);
useCommandFunction();
useWorkflows();
let pagerduty: PagerDuty;

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'secret' });
  pagerduty = new PagerDuty({ now: () => Date.now() });
});

const comes = async (event: WebhookEvent) => {
  const { method, body, headers } = webhookRequest('secret', event);
  const http = { rawPath: '/', headers, body, requestContext: { http: { method } } };
  expect(await invoke(handler, http)).toMatchObject({ statusCode: 200 });
};

it.each([
  [12, minute(35)],
  [180, undefined],
])('a webhook that PagerDuty repeats until minute %i tells of minute 5', async (delivered, until) => {
  await openIncident();
  const ticket = pagerduty.open(ticketTitle(await stored()), [['key', 'error']], INTEGRATION);
  await comes(pagerduty.webhooks[0] as WebhookEvent);
  setMinute(5);
  const event = pagerduty.act(ticket, { does: 'acknowledge' });
  setMinute(delivered);
  await comes(event);
  expect((await stored()).acknowledged?.until).toBe(until);
});

it.each(['nonsense', '', null, undefined])('a webhook whose time is %j tells of now', async occurred_at => {
  await openIncident();
  const ticket = pagerduty.open(ticketTitle(await stored()), [['key', 'error']], INTEGRATION);
  await comes(pagerduty.webhooks[0] as WebhookEvent);
  setMinute(5);
  await comes({ ...pagerduty.act(ticket, { does: 'acknowledge' }), occurred_at });
  expect(await stored()).toMatchObject({ acknowledged: { until: minute(35) } });
});
