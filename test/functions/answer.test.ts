import { VerifyMacCommand } from '@aws-sdk/client-kms';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmLabel } from '../../lambda/domain/incident/signal.ts';
import { handler } from '../../lambda/functions/answer/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { guarded, urlEvent } from '../support/door.ts';
import { ID, kms, linkPath, useLinks } from '../support/links.ts';
import {
  ALARM,
  approvalAsked,
  committed,
  invoke,
  openIncident,
  policyOf,
  setMinute,
  signal,
  stored,
} from '../support/responder.ts';
import { oneCharacterOff } from '../support/signed-texts.ts';
import { minute, of, step, types } from '../support/story.ts';

useLinks();
const { workflows } = useWorkflows();

const request = async (method: string, path: string, fields: Record<string, string> = {}) =>
  guarded(await invoke(handler, urlEvent(method, path, new URLSearchParams(fields).toString())));
const get = (path: string) => request('GET', path);
const post = (path: string, text = '') => request('POST', path, { text });
const confirm = (path: string, text: string) => request('POST', path, { text, whileRed: 'yes' });
const green = () => receive(signal({ id: 'green', state: 'cleared', at: minute(1) }), policyOf());
const BUTTON = '<button type="submit">';
/** The button of the link itself; those of next actions are folded below. */
const mainButton = (body: string) => /<button type="submit">([^<]*)/.exec(body.split('<details>')[0] ?? '')?.[1];

describe('opening a signed link', () => {
  it('shows the incident with the button of the link first, and changes nothing', async () => {
    await openIncident();
    const before = (await stored()).timeline.length;
    const { statusCode, body, headers } = await get(await linkPath());
    expect(statusCode).toBe(200);
    for (const part of [ID, 'P2', 'Connections: 1700 (threshold 1635)', 'Do kill-idle: planned', 'Checklist', '09:30'])
      expect(body).toContain(part);
    expect(await mainButton(body)).toBe('Acknowledge');
    expect(body).not.toMatch(/<script/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect((await stored()).timeline).toHaveLength(before);
  });

  it('says which issues of AWS are open, or that they are not known, and nothing where there are none', async () => {
    await openIncident();
    const shown = async (ok: boolean | null, summary: string) => {
      const findings = [{ check: 'AWS Health', ok, summary, facts: {}, at: minute(1) }];
      await committed({ type: 'record diagnosis', id: summary, attempt: 1, findings });
      return (await get(await linkPath())).body;
    };
    const open = await shown(false, 'AWS Health: open issue of RDS since 2026-04-07 08:30 UTC');
    expect(open).toContain('<dt>AWS Health</dt><dd>open issue of RDS since 2026-04-07 08:30 UTC, as of 09:31 UTC</dd>');
    expect(await shown(null, 'AWS Health: could not be checked')).toContain(
      '<dd>could not be checked, as of 09:31 UTC',
    );
    expect(await shown(true, 'AWS Health: no open issue')).not.toContain('AWS Health');
  });

  it('escapes text that others wrote', async () => {
    await openIncident(undefined, { summary: '<script>alert(1)</script>' });
    await committed({ type: 'note', id: 'note', by: '"><img src=x>', text: '</li><script>' });
    const { body } = await get(await linkPath());
    expect(body).not.toMatch(/<script|<img/);
    expect(body).toContain('&lt;script&gt;');
  });

  it('shows an incident that is over, without a button', async () => {
    await openIncident();
    await committed({ type: 'resolve', id: 'resolve', by: 'ben', reason: 'by hand' });
    const path = await linkPath();
    const { statusCode, body } = await get(path);
    expect([statusCode, body.includes(BUTTON), body.includes(`${ID} is resolved`)]).toEqual([200, false, true]);
    await post(path);
    expect(types((await stored()).timeline).at(-1)).toBe('Resolved');
  });

  it('shows no button when the link is only to view, and a POST does nothing', async () => {
    await openIncident();
    const path = await linkPath({ action: 'view' });
    expect((await get(path)).body).not.toContain(BUTTON);
    const before = (await stored()).timeline.length;
    expect((await post(path)).statusCode).toBe(200);
    expect((await stored()).timeline).toHaveLength(before);
  });
});

describe('pressing the button of a signed link', () => {
  it('acknowledges once, as the recipient, however often it is pressed', async () => {
    await openIncident();
    const path = await linkPath();
    expect((await post(path)).body).toContain('Done: ada has acknowledged it.');
    setMinute(4);
    const again = await post(path);
    expect([again.statusCode, mainButton(again.body)]).toEqual([200, undefined]);
    expect(again.body).toContain('done already: ada acknowledged it at 09:30 UTC');
    expect(of((await stored()).timeline, 'Acknowledged')).toMatchObject([{ by: 'ada', via: 'link' }]);
  });

  it('records a note if there is one', async () => {
    await openIncident();
    await post(await linkPath(), ' looking into it ');
    expect(of((await stored()).timeline, 'NoteAdded')).toMatchObject([{ by: 'ada', text: 'looking into it' }]);
  });

  it('resolves with a reason, and not without one', async () => {
    await openIncident();
    await green();
    const path = await linkPath({ action: 'resolve' });
    expect((await get(path)).body).toContain(' required>');
    const asked = await post(path, '  ');
    expect([asked.statusCode, asked.body.includes(BUTTON)]).toEqual([422, true]);
    expect(types((await stored()).timeline)).not.toContain('Resolved');
    await post(path, 'the export was stopped');
    expect(of((await stored()).timeline, 'Resolved')).toMatchObject([{ by: 'ada', reason: 'the export was stopped' }]);
  });

  it('asks once more before it resolves while alarms are red, keeps what was entered, and does it when it is confirmed', async () => {
    await openIncident();
    const path = await linkPath({ action: 'resolve' });
    for (let times = 0; times < 2; times++) {
      const asked = await post(path, 'the export & the import');
      expect([
        asked.statusCode,
        asked.body.includes(`alarms are still red: ${alarmLabel(ALARM)} since 09:30 UTC`),
      ]).toEqual([409, true]);
      expect(asked.body).toContain('the export &amp; the import</textarea>');
      expect(asked.body).toContain('Resolve all the same</button>');
      expect(asked.body).toContain('name="whileRed" value="yes"');
    }
    expect(of((await stored()).timeline, 'Resolved')).toEqual([]);
    expect((await confirm(path, 'the export')).statusCode).toBe(200);
    expect(of((await stored()).timeline, 'Resolved')).toMatchObject([{ by: 'ada', reason: 'the export' }]);
    expect((await confirm(path, 'the export')).body).toContain('done already: ada declared it over');
  });

  it('approves a step, and tells a later person who came first', async () => {
    await openIncident([step('ask', { mode: 'approve' })]);
    await approvalAsked();
    const decline = await linkPath({ action: 'decline', step: 'ask', person: 'ben' });
    expect((await get(decline)).body).toContain('Decline</button>');
    await post(await linkPath({ action: 'approve', step: 'ask' }));
    expect((await get(decline)).body).toContain('ask was approved by ada already');
    const late = await post(decline);
    expect([late.statusCode, late.body.includes('ask was approved by ada already')]).toEqual([409, true]);
    expect(of((await stored()).timeline, 'ApprovalDeclined')).toEqual([]);
  });
});

describe('an invalid link', () => {
  it('is refused with the same page, whatever is wrong with it, and does nothing', async () => {
    await openIncident();
    const before = (await stored()).timeline.length;
    const good = await linkPath();
    const [kind, incident, expires, , mac] = good.slice(1).split('.');
    const b64 = (text: string) => Buffer.from(text).toString('base64url');
    const bad = [
      '/',
      '/favicon.ico',
      '/../../etc/passwd',
      `${good}A`,
      good.toUpperCase(),
      `/${[kind, '20260407002', expires, b64('ada'), mac].join('.')}`,
      `/${[kind, incident, expires, b64('ben'), mac].join('.')}`,
      `/${[kind, incident, 'zzzzzz', b64('ada'), mac].join('.')}`,
      `/${['1r', incident, expires, b64('ada'), mac].join('.')}`,
      `/${[kind, incident, expires, b64('ada'), b64('x'.repeat(32))].join('.')}`,
      await linkPath({ expires: Date.now() / 1000 - 0.001 - ((Date.now() / 1000 - 0.001) % 1) }),
      await linkPath({ incident: 'INC-2026-04-07-999' }),
      await linkPath({}, 'shop-production'),
    ];
    const answers = await Promise.all(bad.flatMap(path => [get(path), post(path, 'x')]));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 403));
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.body).not.toMatch(/INC-|mockup/);
    expect((await stored()).timeline).toHaveLength(before);
  });

  it('with any one character changed is refused', async () => {
    await openIncident();
    const path = await linkPath();
    await fc.assert(
      fc.asyncProperty(oneCharacterOff(path, 1), async changed => {
        expect((await post(changed)).statusCode).toBe(403);
      }),
      { numRuns: 300 },
    );
    expect(of((await stored()).timeline, 'Acknowledged')).toEqual([]);
  });

  it('is refused from the second in which it expires', async () => {
    await openIncident();
    const path = await linkPath();
    setMinute(59.9);
    expect((await get(path)).statusCode).toBe(200);
    setMinute(60);
    expect((await get(path)).statusCode).toBe(403);
    expect((await post(path)).statusCode).toBe(403);
  });
});

it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
  'the answer function refuses %s with 405, whatever the link',
  async method => {
    await openIncident();
    const good = await request(method, await linkPath());
    expect(good.statusCode).toBe(405);
    expect(good.headers['allow']).toBe('GET, POST');
    expect(await request(method, '/nonsense')).toEqual(good);
  },
);

it('the answer page says that a command failed halfway, and shows the result when it is opened again', async () => {
  await openIncident([step('ask', { mode: 'approve' })]);
  await approvalAsked();
  workflows.on(StartExecutionCommand).rejects(new Error('Step Functions is down'));
  const path = await linkPath({ action: 'approve', step: 'ask' });
  expect((await post(path)).statusCode).toBe(503);
  expect((await get(path)).body).toContain('done already: ada approved it');
});

it('the answer page says that it did not work when KMS does not answer, and does nothing', async () => {
  await openIncident();
  kms.on(VerifyMacCommand).rejects(new Error('KMS is down'));
  const { statusCode, body } = await post(await linkPath());
  expect([statusCode, body.includes('npx incident')]).toEqual([503, true]);
  expect(of((await stored()).timeline, 'Acknowledged')).toEqual([]);
});

it('acknowledging and resolving at the same time end in a resolved incident, in any order', async () => {
  const order = fc.shuffledSubarray(['acknowledge', 'acknowledge', 'resolve', 'ben'] as const, { minLength: 4 });
  let expires = Date.parse('2026-04-07T10:30:00Z') / 1000;
  let number = 0;
  await openIncident();
  await fc.assert(
    fc.asyncProperty(order, async racers => {
      expires++;
      const incident = await reopened(++number);
      const links = {
        acknowledge: await linkPath({ incident, expires }),
        ben: await linkPath({ incident, expires, person: 'ben' }),
        resolve: await linkPath({ incident, expires, action: 'resolve' }),
      };
      const answers = await Promise.all(
        racers.map(racer => (racer === 'resolve' ? confirm : post)(links[racer], 'fixed')),
      );
      for (const { statusCode } of answers) expect([200, 409]).toContain(statusCode);
      const { status, timeline } = await stored({ slot: 'mockupaws-production', number });
      expect(status).toBe('resolved');
      expect(of(timeline, 'Resolved')).toHaveLength(1);
      const by = of(timeline, 'Acknowledged').map(entry => entry.by);
      expect(new Set(by).size).toBe(by.length);
      const after = types(timeline).slice(types(timeline).indexOf('Resolved') + 1);
      // A note that comes late is evidence for the review.
      expect(after.filter(type => type !== 'NoteAdded')).toEqual([]);
    }),
    { numRuns: 12 },
  );

  async function reopened(n: number): Promise<string> {
    const at = new Date(Date.now() + n).toISOString();
    if (n > 1) await receive(signal({ id: `event ${n}`, at }), policyOf());
    return `INC-2026-04-07-${String(n).padStart(3, '0')}`;
  }
});
