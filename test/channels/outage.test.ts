import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { handler as opsgenie } from '../../lambda/channels/opsgenie/notify/handler.ts';
import { handler as pagerduty } from '../../lambda/channels/pagerduty/notify/handler.ts';
import { Opsgenie } from '../../local/vendors/opsgenie.ts';
import { PagerDuty } from '../../local/vendors/pagerduty.ts';
import {
  busEvent,
  committed,
  invoke,
  openIncident,
  queued,
  setMinute,
  stored,
  useResponder,
} from '../support/responder.ts';
import { VendorServer } from '../support/vendor-server.ts';

const SECRET = 'x'.repeat(32);
let vendors: { pagerduty: PagerDuty; opsgenie: Opsgenie };

useResponder({ INCIDENT_BUS: 'bus', ROUTING_KEY_SECRET: 'routing', API_KEY_SECRET: 'api' });
const pagerdutyServer = VendorServer.use(() => vendors.pagerduty);
const opsgenieServer = VendorServer.use(() => vendors.opsgenie);
const secrets = mockClient(SecretsManagerClient);
const bus = mockClient(EventBridgeClient);

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: SECRET });
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  vendors = { pagerduty: new PagerDuty({ now: () => Date.now() }), opsgenie: new Opsgenie(SECRET) };
  vi.stubEnv('PAGERDUTY_API', pagerdutyServer.url);
  vi.stubEnv('OPSGENIE_API', opsgenieServer.url);
});

/** What waited while the other system was down is told now, in its order. */
async function isBack(handler: Parameters<typeof invoke>[0]) {
  for (const { seq } of (await stored()).timeline) await invoke(handler, queued(busEvent({ seq })));
}

/** Ada acknowledges at minute 5, and nobody prolongs it. */
async function acknowledged() {
  await openIncident();
  setMinute(5);
  await committed({ type: 'acknowledge', id: 'ack', by: 'ada', via: 'link' });
}

it.each([
  ['holds', 20, 'acknowledged'],
  ['has expired', 50, 'triggered'],
])('after an outage of PagerDuty, an acknowledgement that %s leaves the ticket so', async (_, minute, status) => {
  await acknowledged();
  setMinute(minute);
  await isBack(pagerduty);
  expect(vendors.pagerduty.tickets).toMatchObject([{ status }]);
});

it('after an outage of PagerDuty, an acknowledgement that was withdrawn is not told', async () => {
  await acknowledged();
  await committed({ type: 'withdraw acknowledgement', id: 'unack', by: 'ada', via: 'link' });
  await isBack(pagerduty);
  expect(vendors.pagerduty.tickets).toMatchObject([{ status: 'triggered' }]);
});

it.each([
  ['holds', 20, true],
  ['has expired', 50, false],
])('after an outage of Opsgenie, an acknowledgement that %s is told or not', async (_, minute, told) => {
  await acknowledged();
  setMinute(minute);
  await isBack(opsgenie);
  expect(vendors.opsgenie.requests.some(({ path }) => path.includes('acknowledge'))).toBe(told);
});
