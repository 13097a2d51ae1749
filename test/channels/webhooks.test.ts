import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as opsgenie } from '../../lambda/channels/opsgenie/webhook/handler.ts';
import { handler as slack } from '../../lambda/channels/slack/interactions/handler.ts';
import { alarmLabel } from '../../lambda/domain/incident/signal.ts';
import { threadHead } from '../../lambda/domain/messages/chat.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { Opsgenie } from '../../local/vendors/opsgenie.ts';
import { Slack, signed } from '../../local/vendors/slack.ts';
import { useCommandFunction, useWorkflows } from '../support/aws-mocks.ts';
import {
  ALARM,
  approvalAsked,
  committed,
  invoke,
  openIncident,
  policyOf,
  signal,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, step, types } from '../support/story.ts';
import { VendorServer } from '../support/vendor-server.ts';

const ID = 'INC-2026-04-07-001';
const CHANNEL = 'C0123456789';

useResponder({
  RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
  COMMAND_FUNCTION: 'command:slack',
  SIGNING_SECRET: 'signing',
  ...{ SLACK_TEAM: 'T0123456789', SLACK_CHANNEL: CHANNEL, SLACK_PEOPLE: '{"U0123456789":"ada"}' },
  WEBHOOK_TOKEN_SECRET: 'token',
});
const secrets = mockClient(SecretsManagerClient);
const lambda = useCommandFunction();
const { executions } = useWorkflows();
let vendor: Slack;
const hooks = VendorServer.use(() => vendor);

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).callsFake(async ({ SecretId }) => ({ SecretString: `secret of ${SecretId}` }));
  vendor = new Slack({ now: () => Date.now() }, { channel: CHANNEL, token: 'token' });
});

interface Request {
  method: string;
  body: string;
  headers: Record<string, string>;
}
type Door = typeof slack;

/** As a Function URL hands it over. */
const comes = (door: Door, { method, body, headers }: Request, encoded = false) =>
  invoke(door, {
    ...{ version: '2.0', rawPath: '/', rawQueryString: '', headers, isBase64Encoded: encoded },
    body: encoded ? Buffer.from(body).toString('base64') : body,
    requestContext: { http: { method } },
  });

const happened = async () => types((await stored()).timeline);
const count = async (type: string) => (await happened()).filter(other => other === type).length;

const recorded = (system: 'slack' | 'opsgenie', ref: string) =>
  committed({ type: 'record reference', id: `reference/${system}`, system, ref });

describe('a button in Slack', () => {
  /** Pressed in the first message of the thread; what is told in answer comes back to this machine. */
  async function pressed(button: string, how: Parameters<Slack['press']>[2] = {}): Promise<Request> {
    vi.stubEnv('SLACK_HOOKS', hooks.url);
    await recorded('slack', `${CHANNEL}/1.0`);
    const { text, blocks = [], metadata } = threadHead(await stored());
    vendor.messages.splice(0, 1, { ts: '1.0', text, blocks, metadata, edited: 0 });
    return vendor.press('secret of signing', button, { hooks: hooks.url, ...how });
  }

  it('acts once, as the person whom the configuration names', async () => {
    await openIncident();
    const request = await pressed('acknowledge');
    for (let times = 0; times < 3; times++) expect(await comes(slack, request)).toMatchObject({ statusCode: 200 });
    expect(await count('Acknowledged')).toBe(1);
    expect((await stored()).timeline.at(-1)).toMatchObject({ type: 'Acknowledged', by: 'ada', via: 'slack' });
    await comes(slack, await pressed('take-command', { user: 'U9999999999' }), true);
    expect(await stored()).toMatchObject({ commander: 'slack:U9999999999' });
    expect(vendor.whispers).toEqual([]);
  });

  it.each([
    ['approve', 'ApprovalGiven'],
    ['decline', 'ApprovalDeclined'],
  ])('%ss the waiting step, and a later click is refused in a message to that person alone', async (button, type) => {
    await openIncident([step('ask', { mode: 'approve' })]);
    await approvalAsked();
    const [first, second] = [await pressed(button), await pressed('approve', { user: 'U9999999999' })];
    await comes(slack, first);
    expect((await happened()).slice(-2)).toEqual([type, 'ResponseRequested']);
    await comes(slack, second);
    expect(vendor.whispers).toEqual([`ask was ${button}d by ada already`]);
    expect(executions()).toHaveLength(1);
  });

  it('answers the question to publish with yes or no, and the first answer counts', async () => {
    const statusPage = { url: 'https://status.mockupaws.com', components: [] };
    await receive(signal({ level: 'warning' }), { ...policyOf(), statusPage });
    await committed({ type: 'fulfil', id: 'watch', obligation: { type: 'ask to publish' } });
    const [no, yes] = [await pressed('withhold'), await pressed('publish', { user: 'U9999999999' })];
    await comes(slack, no);
    await comes(slack, yes);
    expect((await happened()).at(-1)).toBe('PublicationDeclined');
    expect(vendor.whispers).toEqual([expect.stringMatching(/^ada said no at/)]);
  });

  it('resolves the incident, and a later click changes nothing and says so', async () => {
    await openIncident();
    const late = await pressed('acknowledge');
    await comes(slack, await pressed('resolve'));
    await comes(slack, late);
    expect((await happened()).at(-1)).toBe('Resolved');
    expect(vendor.whispers).toEqual([`${ID} is resolved`]);
  });

  it('resolves while alarms are red only if its question named them', async () => {
    await openIncident();
    await receive(signal({ id: 'green', state: 'cleared', at: minute(1) }), policyOf());
    const unaware = await pressed('resolve');
    expect(JSON.stringify(vendor.messages[0]?.blocks)).not.toContain('still red');
    await receive(signal({ id: 'red', at: minute(2) }), policyOf());
    await comes(slack, unaware);
    expect(vendor.whispers).toEqual([
      expect.stringContaining(`Nothing was done: still red: ${alarmLabel(ALARM)} since 09:32 UTC`),
    ]);
    expect(await count('Resolved')).toBe(0);
    const aware = await pressed('resolve');
    expect(JSON.stringify(vendor.messages[0]?.blocks)).toContain(
      `these are still red: ${alarmLabel(ALARM)} since 09:32 UTC`,
    );
    await comes(slack, aware);
    expect((await happened()).at(-1)).toBe('Resolved');
  });

  it('merges into the only other incident that is open, and names them if there are several', async () => {
    await openIncident();
    await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'no step is left' });
    const button = await pressed('merge');
    await comes(slack, button);
    expect(vendor.whispers).toEqual(['no other incident is open']);
    await receive(signal({ id: 'cache', key: 'alarm:cache', playbook: 'CacheFailure' }), policyOf());
    await receive(signal({ id: 'shop', service: 'shop' }), policyOf());
    await comes(slack, button);
    expect(vendor.whispers.at(-1)).toMatch(/^several are open: npx incident merge INC-2026-04-07-001 .* or /);
    await committed({ type: 'resolve', id: 'over', by: 'ada', reason: 'over' }, { slot: 'shop', number: 1 });
    await comes(slack, button);
    expect((await happened()).at(-1)).toBe('MergedInto');
    expect(await stored()).toMatchObject({ mergedInto: { id: 'INC-2026-04-07-002' } });
    await comes(slack, button);
    expect(await count('MergedInto')).toBe(1);
  });

  it.each<[string, (request: Request) => Request]>([
    ['forged', r => ({ ...r, headers: signed('another secret', r.body, Date.now()) })],
    ['changed on its way', r => ({ ...r, body: r.body.replace('acknowledge', 'take-command') })],
    ['not signed', r => ({ ...r, headers: {} })],
    ['five minutes old', r => ({ ...r, headers: signed('secret of signing', r.body, Date.now() - 301_000) })],
    ['five minutes in the future', r => ({ ...r, headers: signed('secret of signing', r.body, Date.now() + 302_000) })],
    ['given a new time', r => ({ ...r, headers: { ...r.headers, 'x-slack-request-timestamp': '1775554260' } })],
    ['given a time that is no number', r => ({ ...r, headers: { ...r.headers, 'x-slack-request-timestamp': 'now' } })],
  ])('whose request is %s does nothing', async (_, forge) => {
    await openIncident();
    expect(await comes(slack, forge(await pressed('acknowledge')))).toMatchObject({ statusCode: 401 });
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  });

  it.each<[string, Parameters<Slack['press']>[2]]>([
    ['another workspace', { team: 'T9999999999' }],
    ['another channel', { channel: 'C9999999999' }],
    ['no hook of Slack', { hooks: 'https://hooks.slack.com.example' }],
    ['Slack, without TLS', { hooks: 'http://hooks.slack.com' }],
    ['another host with a name of Slack', { hooks: 'https://hooks.slack.com@example.com' }],
    ['another port', { hooks: 'https://hooks.slack.com:8443' }],
    ['a host inside', { hooks: 'http://169.254.170.2' }],
    ['no URL', { hooks: 'hooks.slack.com' }],
  ])('that comes from, or answers to, %s does nothing, asks nobody, and logs no URL', async (_, how) => {
    await openIncident();
    const request = await pressed('acknowledge', how);
    vi.stubEnv('SLACK_HOOKS', 'https://hooks.slack.com');
    const fetched = vi.spyOn(globalThis, 'fetch');
    expect(await comes(slack, request)).toMatchObject({ statusCode: 403 });
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
    expect(fetched).not.toHaveBeenCalled();
    expect(JSON.stringify(vi.mocked(console.error).mock.calls)).toMatch(/a button did nothing/);
    expect(JSON.stringify(vi.mocked(console.error).mock.calls)).not.toMatch(/actions\/T0|169\.254|example/);
  });

  it('of another message than the one that is recorded does nothing, and says so', async () => {
    await openIncident();
    await recorded('slack', `${CHANNEL}/0.9`);
    for (const button of ['acknowledge', 'resolve', 'merge']) await comes(slack, await pressed(button));
    expect(vendor.whispers).toContain(`this is not what is recorded in Slack for ${ID}`);
    expect((await happened()).filter(type => /Acknowledged|Resolved|Merged/.test(type))).toEqual([]);
  });

  it('is refused to a guest of a shared channel', async () => {
    await openIncident();
    const { body } = await pressed('acknowledge');
    const payload = JSON.parse(new URLSearchParams(body).get('payload') ?? '');
    payload.user.team_id = 'T9999999999';
    const forged = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const request = { method: 'POST', body: forged, headers: signed('secret of signing', forged, Date.now()) };
    expect(await comes(slack, request)).toMatchObject({ statusCode: 403 });
  });

  it('counts for nobody but those named, if the configuration says so', async () => {
    await openIncident();
    vi.stubEnv('SLACK_ONLY_PEOPLE', 'true');
    for (const user of ['U9999999999', 'W7777777777']) await comes(slack, await pressed('acknowledge', { user }));
    expect(vendor.whispers).toEqual(Array(2).fill(expect.stringContaining('you are not among them')));
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
    await comes(slack, await pressed('acknowledge'));
    expect(await count('Acknowledged')).toBe(1);
  });

  it('is followed to no other host, and a failure to answer logs no URL', async () => {
    await openIncident();
    const late = await pressed('acknowledge');
    await comes(slack, await pressed('resolve'));
    hooks.fails({ status: 302, headers: { location: 'http://169.254.170.2/' } }, { status: 500 });
    for (let times = 0; times < 2; times++) await comes(slack, late);
    expect(hooks.asked).toHaveLength(2);
    expect(JSON.stringify(vi.mocked(console.error).mock.calls)).not.toContain('/actions/');
  });

  it('counts when its request is four minutes old', async () => {
    await openIncident();
    await comes(slack, await pressed('acknowledge', { at: Date.now() - 240_000 }));
    expect(await count('Acknowledged')).toBe(1);
  });

  it('is answered in time when the command hangs, and tells the person when it failed', async () => {
    await openIncident();
    const request = await pressed('acknowledge');
    lambda.on(InvokeCommand).rejectsOnce(new Error('TooManyRequestsException'));
    expect(await comes(slack, request)).toMatchObject({ statusCode: 200 });
    expect(vendor.whispers).toEqual([expect.stringContaining('did not work')]);
    lambda.on(InvokeCommand).callsFake(() => new Promise(() => {}));
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms: number) => {
      if (ms === 1800) queueMicrotask(act);
      return undefined;
    }) as never);
    expect(await comes(slack, request)).toMatchObject({ statusCode: 200 });
    expect(vendor.whispers).toHaveLength(1);
  });

  it('needs a POST, and other payloads of Slack are ignored', async () => {
    await openIncident();
    const request = await pressed('acknowledge');
    expect(await comes(slack, { ...request, method: 'GET' })).toMatchObject({ statusCode: 405 });
    for (const body of ['ssl_check=1', 'payload=%7B%22type%22%3A%22view_closed%22%7D'])
      expect(
        await comes(slack, { method: 'POST', body, headers: signed('secret of signing', body, Date.now()) }),
      ).toMatchObject({
        statusCode: 200,
      });
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  });
});

describe('a webhook of Opsgenie', () => {
  beforeEach(() => vi.stubEnv('COMMAND_FUNCTION', 'command:opsgenie'));

  const told = new Opsgenie('key');
  const webhook = (action: string, alert = {}) => told.webhook('secret of token', action, ID, alert);

  it.each([
    ['Acknowledge', 'Acknowledged', {}],
    ['Close', 'Resolved', {}],
    ['AddNote', 'NoteAdded', { note: 'looking' }],
  ])('%s is applied to the incident once', async (action, happens, alert) => {
    await openIncident();
    await recorded('opsgenie', ID);
    for (let times = 0; times < 2; times++) await comes(opsgenie, webhook(action, alert));
    expect(await count(happens)).toBe(1);
    expect((await stored()).timeline.at(-1)).toMatchObject({ by: 'ada@mockupaws.com', via: 'opsgenie' });
  });

  it('about an alert that only names the incident, or that we have not opened, does nothing', async () => {
    await openIncident();
    for (const alias of [`Follow-up of ${ID}`, `${ID} `, `${ID}-2`, ID])
      await comes(opsgenie, told.webhook('secret of token', 'Close', alias));
    expect((await stored()).resolvedAt).toBeUndefined();
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(1);
  });

  it('names nobody as the responder itself', async () => {
    await openIncident();
    await recorded('opsgenie', ID);
    await comes(opsgenie, webhook('Close', { username: ' AUTOMATION' }));
    expect((await stored()).timeline.at(-1)).toMatchObject({ type: 'Resolved', by: 'somebody in Opsgenie' });
  });

  it('does nothing without the token, for our own actions, or about another alert', async () => {
    await openIncident();
    await recorded('opsgenie', ID);
    for (const token of ['', 'secret', 'secret of token '])
      expect(await comes(opsgenie, told.webhook(token, 'Close', ID))).toMatchObject({ statusCode: 401 });
    await comes(opsgenie, webhook('Close', { username: 'incident-response' }));
    await comes(opsgenie, told.webhook('secret of token', 'Close', 'disk-full'));
    await comes(opsgenie, webhook('Create'));
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  });
});
