import { GenerateMacCommand } from '@aws-sdk/client-kms';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { handler as answer } from '../../lambda/functions/answer/handler.ts';
import { handler as command } from '../../lambda/functions/command/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { guarded, urlEvent } from '../support/door.ts';
import { ID, kms, linkPath, useLinks } from '../support/links.ts';
import {
  approvalAsked,
  committed,
  invoke,
  openIncident,
  policyOf,
  setMinute,
  signal,
  stored,
} from '../support/responder.ts';
import { of, step, types } from '../support/story.ts';

useLinks({ MAINTENANCE_PARAMETER: '/shop/maintenance', AUTOMATION_PARAMETER: '/shop/automation' });
useWorkflows();
const parameters = mockClient(SSMClient);
let written: string[];

beforeEach(() => {
  written = [];
  parameters.reset();
  parameters.on(GetParametersCommand).callsFake(() => ({
    Parameters: [{ Name: '/shop/maintenance', Value: written.at(-1) ?? 'none' }],
  }));
  parameters.on(PutParameterCommand).callsFake(({ Value }) => {
    written.push(Value);
    return {};
  });
});

const request = async (method: string, path: string, fields: Record<string, string> = {}) =>
  guarded(await invoke(answer, urlEvent(method, path, new URLSearchParams(fields).toString())));
const get = (path: string) => request('GET', path);

/** The forms of a page's next actions: the button of each, with the path that it is sent to. */
async function nextOf(path: string, method = 'GET', fields = {}): Promise<Record<string, string>> {
  const { body } = await request(method, path, fields);
  const forms = body.split('<details>').slice(1);
  return Object.fromEntries(
    forms.map(form => [
      /<summary>([^<]*)/.exec(form)?.[1] ?? '',
      /<form method="post" action="([^"]*)"/.exec(form)?.[1] ?? '',
    ]),
  );
}

const path = async (button: string, from?: string) =>
  (await nextOf(from ?? (await linkPath())))[button] ?? 'no such button';
const changes = async () => types((await stored()).timeline);

describe('the page behind a link', () => {
  it('says what is wrong, what was found, what is done, and where to look, in plain words', async () => {
    await openIncident();
    const findings = [
      {
        check: 'Sessions',
        ok: false,
        summary: 'Sessions: 1,650 of 1,722 are idle',
        facts: {},
        at: '2026-04-07T09:31:00.000Z',
      },
      { check: 'Redis', ok: null, summary: 'Redis: could not be checked (access denied)', facts: {} },
    ];
    await committed({ type: 'record diagnosis', id: 'd', attempt: 1, findings });
    await committed({ type: 'record delivery', id: 'x', about: 1, channel: 'reviewers' } as never);
    const { body } = await get(await linkPath());
    for (const part of ['What is wrong', 'What was found', 'What was done and is being done', 'What you can do next'])
      expect(body).toContain(part);
    expect(body).toContain('<span class="bad">Found</span> Sessions: 1,650 of 1,722 are idle');
    expect(body).toContain('<span class="dim">Not known</span> Redis: could not be checked (access denied)');
    expect(body).toMatch(/<a href="https:\/\/[^"]*" rel="noreferrer">/);
    expect(body).not.toMatch(/entry \d+|has reached/);
  });

  it('has something to do next after the acknowledgement', async () => {
    await openIncident();
    const buttons = Object.keys(await nextOf(await linkPath(), 'POST'));
    expect(buttons).toEqual(['Add note', 'Set severity', 'Resolve', 'Start maintenance']);
  });

  it('offers what the incident awaits first, and nothing when it is over or the link only shows', async () => {
    await openIncident([step('ask', { mode: 'approve' })]);
    await approvalAsked();
    expect(Object.keys(await nextOf(await linkPath())).slice(0, 2)).toEqual(['Approve', 'Decline']);
    expect(await nextOf(await linkPath({ action: 'view' }))).toEqual({});
    await committed({ type: 'resolve', id: 'r', by: 'ben', reason: 'over' });
    expect(await nextOf(await linkPath())).toEqual({});
  });

  it('works without next actions where they cannot be signed', async () => {
    await openIncident();
    const link = await linkPath();
    kms.on(GenerateMacCommand).rejects(new Error('KMS is down'));
    expect((await get(link)).statusCode).toBe(200);
    expect(await nextOf(link)).toEqual({});
  });
});

describe('a next action', () => {
  it('is done once by its link, in the name of whoever was sent the first', async () => {
    await openIncident();
    const note = await path('Add note');
    expect((await request('POST', note, { text: '' })).statusCode).toBe(422);
    for (let times = 0; times < 2; times++) await request('POST', note, { text: 'export job stopped' });
    expect((await get(note)).body).toContain('done already: ada added a note');
    expect(of((await stored()).timeline, 'NoteAdded')).toMatchObject([
      { by: 'ada', via: 'link', text: 'export job stopped' },
    ]);
    await request('POST', await path('Add note', note), { text: 'pool drained' });
    expect(of((await stored()).timeline, 'NoteAdded')).toHaveLength(2);
  });

  it('takes command, sets the severity, approves', async () => {
    await openIncident([step('ask', { mode: 'approve' })]);
    await approvalAsked();
    await request('POST', await path('Take command'));
    const severity = await path('Set severity');
    expect((await request('POST', severity, { severity: 'P9' })).statusCode).toBe(422);
    await request('POST', severity, { severity: 'P1', text: 'checkout is down' });
    await request('POST', await path('Approve'));
    const incident = await stored();
    expect([incident.commander, incident.severity]).toEqual(['ada', 'P1']);
    expect(await changes()).toContain('ApprovalGiven');
  });

  it('resolves with a reason, and asks once more while alarms are red', async () => {
    await openIncident();
    const resolve = await path('Resolve');
    const asked = await request('POST', resolve, { text: 'the export was stopped' });
    expect([asked.statusCode, asked.body.includes('Resolve all the same')]).toEqual([409, true]);
    await request('POST', resolve, { text: 'the export was stopped', whileRed: 'yes' });
    expect((await stored()).status).toBe('resolved');
  });

  it('merges into another incident that is open', async () => {
    await openIncident();
    expect(await path('Merge')).toBe('no such button');
    await receive(signal({ id: 'cache', key: 'alarm:cache', playbook: 'CacheFailure' }), policyOf());
    await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'no step is left' });
    const merge = await path('Merge');
    expect((await request('POST', merge, { into: 'INC-2026-04-07-009' })).statusCode).toBe(409);
    expect((await request('POST', merge, { into: 'INC-2026-04-07-002' })).body).toContain(
      `${ID} is merged into INC-2026-04-07-002`,
    );
    expect(of((await stored()).timeline, 'MergedInto')).toMatchObject([{ by: 'ada', via: 'link' }]);
  });

  it('starts and ends maintenance, each once, with a note of it', async () => {
    await openIncident();
    const start = await path('Start maintenance');
    expect((await request('POST', start, { minutes: '60' })).statusCode).toBe(422);
    for (let times = 0; times < 2; times++) await request('POST', start, { minutes: '60', text: 'index rebuilt' });
    expect(written).toEqual([expect.stringMatching(/^2026-04-07T10:30:[0-9.]+Z index rebuilt \(ada\)$/)]);
    const end = await path('End maintenance');
    for (let times = 0; times < 2; times++) await request('POST', end);
    expect(written).toHaveLength(2);
    expect(written.at(-1)).toBe('none');
    expect(of((await stored()).timeline, 'NoteAdded').map(({ text }) => text)).toEqual([
      'maintenance until 2026-04-07 10:30 UTC: index rebuilt',
      'maintenance has ended: index rebuilt (ada)',
    ]);
  });

  it('lives no longer than the link that led to it', async () => {
    await openIncident();
    const note = await path('Add note');
    setMinute(60);
    expect((await request('POST', note, { text: 'x' })).statusCode).toBe(403);
  });
});

describe('taken over, the endpoint of links', () => {
  const ask = (request: object) =>
    invoke(command, request, { invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:command:link' });
  const REFUSED = 'link may not ask for that';
  const idOf = (text: string) => `link/${text.split('.').at(-1)}`;

  it('gets no next actions for a link that shows or reads, is forged, over, or of another incident', async () => {
    await openIncident();
    const next = async (link: string, incident = ID) => (await ask({ do: 'next actions', incident, link })).refused;
    const good = (await linkPath()).slice(1);
    expect(await next(good)).toBeUndefined();
    expect(await next(good, 'INC-2026-04-07-002')).toBe(REFUSED);
    expect(await next(`${good.slice(0, -2)}${good.endsWith('AA') ? 'BB' : 'AA'}`)).toBe(REFUSED);
    for (const action of ['view', 'read'] as const)
      expect(await next((await linkPath({ action, step: 'a.md' })).slice(1))).toBe(REFUSED);
    setMinute(60);
    expect(await next(good)).toBe(REFUSED);
  });

  it('gets links of the same person, incident and end alone', async () => {
    await openIncident();
    const link = (await linkPath()).slice(1);
    const { next = [] } = await ask({ do: 'next actions', incident: ID, link });
    const [, incident, expires, person] = link.split('.');
    expect(next.length).toBeGreaterThan(3);
    for (const one of next) expect(one.path.split('.').slice(1, 4)).toEqual([incident, expires, person]);
  });

  it('opens no window by another link, for longer than four hours, or without end', async () => {
    await openIncident();
    const maintain = (await linkPath({ action: 'maintain', step: '4' })).slice(1);
    const start = (link: string, changes: object = {}) =>
      ask({
        ...{ do: 'start maintenance', incident: ID, link, by: 'ada', via: 'link', requestId: idOf(link) },
        ...{ reason: 'quiet', minutes: 240, ...changes },
      });
    for (const [link, changes] of [
      [(await linkPath()).slice(1), {}],
      [maintain, { minutes: 241 }],
      [maintain, { minutes: 240, long: true }],
      [maintain, { by: 'ben' }],
      [maintain, { requestId: 'other' }],
      [maintain, { incident: undefined }],
    ] as const)
      expect((await start(link, changes)).refused).toBe(REFUSED);
    expect(written).toEqual([]);
    expect((await start(maintain)).refused).toBeUndefined();
    expect(
      (
        await ask({
          do: 'end maintenance',
          incident: ID,
          link: maintain,
          by: 'ada',
          via: 'link',
          requestId: idOf(maintain),
        })
      ).refused,
    ).toBe(REFUSED);
  });

  it('sets no severity by a link to take command', async () => {
    await openIncident();
    const link = (await linkPath({ action: 'command', step: '4' })).slice(1);
    const act = { type: 'set severity', severity: 'P4' };
    const asked = { do: 'act', incident: ID, link, by: 'ada', via: 'link', requestId: idOf(link), act };
    expect((await ask(asked)).refused).toBe(REFUSED);
  });
});
