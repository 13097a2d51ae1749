import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';

import { GenerateMacCommand, VerifyMacCommand } from '@aws-sdk/client-kms';
import {
  MessageRejected,
  SendEmailCommand,
  TooManyRequestsException,
  UpdateContactCommand,
} from '@aws-sdk/client-sesv2';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/functions/subscribe/handler.ts';
import { guarded, urlEvent } from '../support/door.ts';
import { deploy, invoke, setMinute } from '../support/responder.ts';
import { oneCharacterOff } from '../support/signed-texts.ts';
import { confirmationPath, contacts, kms, mailed, optedInto, ses, useSubscribers } from '../support/subscribers.ts';

useSubscribers();

const ADA = 'ada@customer.example';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const request = async (method: string, path: string, body = '', headers: Record<string, string> = FORM) =>
  guarded(await invoke(handler, urlEvent(method, path, body, headers)));
const get = (path: string) => request('GET', path, '', {});
const post = (path: string) => request('POST', path);
const ask = (email: string, ...components: string[]) =>
  request(
    'POST',
    '/subscribe',
    String(new URLSearchParams([['email', email], ...components.map(id => ['component', id] as [string, string])])),
  );
const linkIn = (body: string | undefined) => new URL(/https:\S+/.exec(body ?? '')?.[0] ?? '').pathname;
const table = () => new DynamoDBClient({});
const remembered = async () =>
  (await table().send(new ScanCommand({ TableName: process.env['SUBSCRIBERS_TABLE'] }))).Items ?? [];
const logged = () => JSON.stringify([vi.mocked(console.info).mock.calls, vi.mocked(console.error).mock.calls]);

describe('a subscription request', () => {
  it('sends a confirmation, and stores nothing of the address', async () => {
    const { statusCode, body } = await ask(' Ada@Customer.Example ', 'website', 'api', 'nonsense');
    expect([statusCode, body.includes('Look into your mailbox')]).toEqual([200, true]);
    expect(mailed()).toMatchObject([{ to: ADA, subject: 'Confirm your subscription to mockupAWS status' }]);
    expect(mailed()[0]?.body).toContain('API, Website');
    expect(mailed()[0]?.input.ListManagementOptions).toBeUndefined();
    expect(contacts.size).toBe(0);
    for (const kept of [await remembered(), logged(), body]) expect(JSON.stringify(kept)).not.toMatch(/ada|customer/i);
  });

  it('is answered in the same words for a subscriber and a stranger', async () => {
    const before = await ask(ADA, 'api');
    await post(linkIn(mailed()[0]?.body));
    expect(contacts.has(ADA)).toBe(true);
    expect(await ask(ADA, 'api')).toEqual(before);
    expect(mailed()).toHaveLength(2);
  });

  it.each([
    ['no address', 'ada', ['api'], 'no e-mail address'],
    ['an empty address', '', ['api'], 'no e-mail address'],
    ['a host without a dot', 'ada@customer', ['api'], 'no e-mail address'],
    ['two addresses', 'ada@customer.example,ben@customer.example', ['api'], 'no e-mail address'],
    ['a header', 'ada@customer.example\nBcc: ben@customer.example', ['api'], 'no e-mail address'],
    ['too long an address', `${'a'.repeat(250)}@customer.example`, ['api'], 'no e-mail address'],
    ['no component', ADA, [], 'at least one'],
    ['an unknown component', ADA, ['nonsense'], 'at least one'],
  ])('with %s is refused with the reason, and keeps what was filled in', async (_, email, components, fault) => {
    const { statusCode, body } = await ask(email, ...components);
    expect([statusCode, body.includes(fault)]).toEqual([422, true]);
    if (email === ADA) expect(body).toContain(`value="${ADA}"`);
    else expect(body).toContain('value="api" checked');
    expect(body).not.toContain('value="website" checked');
    expect(mailed()).toEqual([]);
  });

  it('is escaped when it is shown again', async () => {
    const { body } = await ask('"><script>alert(1)</script>', 'api');
    expect(body).not.toContain('<script');
  });

  it.each([
    [413, 'email=a%40b.example&component='.padEnd(5000, 'x'), FORM],
    [415, '{"email":"ada@customer.example"}', { 'content-type': 'application/json' }],
    [415, 'email=ada%40customer.example&component=api', {}],
  ])('is refused with %i when it is no form of reasonable size', async (status, body, headers) => {
    expect((await request('POST', '/subscribe', body, headers as Record<string, string>)).statusCode).toBe(status);
    expect(mailed()).toEqual([]);
  });
});

describe('the limit of confirmations', () => {
  it('is three a day for an address, however it is spelled, with the same answer', async () => {
    const spelled = [ADA, 'ADA@customer.example', 'ada+1@customer.example', 'ada+2@customer.example', ADA];
    const answers = [];
    for (const email of spelled) answers.push(await ask(email, 'api'));
    expect(mailed()).toHaveLength(3);
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    setMinute(24 * 60);
    await ask(ADA, 'api');
    expect(mailed()).toHaveLength(4);
  });

  it('holds for requests at the same time', async () => {
    await Promise.all(Array.from({ length: 12 }, () => ask(ADA, 'api')));
    expect(mailed()).toHaveLength(3);
  });

  it('is five hundred an hour in all', async () => {
    const Item = { id: { S: 'asked/all/2026-04-07T09' }, times: { N: '499' } };
    await table().send(new PutItemCommand({ TableName: process.env['SUBSCRIBERS_TABLE'], Item }));
    for (const name of ['ada', 'ben', 'cleo']) await ask(`${name}@customer.example`, 'api');
    expect(mailed().map(({ to }) => to)).toEqual([ADA]);
    setMinute(60);
    await ask('ben@customer.example', 'api');
    expect(mailed()).toHaveLength(2);
  });

  it('does not count a mail that SES refused', async () => {
    ses.on(SendEmailCommand).rejects(new TooManyRequestsException({ message: 'slow down', $metadata: {} }));
    for (let n = 0; n < 5; n++) expect((await ask(ADA, 'api')).statusCode).toBe(503);
    ses.on(SendEmailCommand).resolves({});
    ses.resetHistory();
    expect((await ask(ADA, 'api')).statusCode).toBe(200);
    expect(mailed()).toHaveLength(1);
  });
});

describe('confirming a subscription', () => {
  it('takes the button of the link; opening it does nothing', async () => {
    await ask(ADA, 'api');
    const link = linkIn(mailed()[0]?.body);
    const { statusCode, body } = await get(link);
    expect([statusCode, body.includes(ADA), body.includes('<li>API</li>')]).toEqual([200, true, true]);
    expect(contacts.size).toBe(0);
    expect((await post(link)).body).toContain('You are subscribed');
    expect(optedInto(ADA)).toEqual(['api']);
    expect(logged()).not.toContain('ada');
  });

  it('twice counts once, and does not undo a later change by the subscriber', async () => {
    const link = await confirmationPath();
    await post(link);
    contacts.set(ADA, { ...contacts.get(ADA), ContactListName: '', EmailAddress: ADA, UnsubscribeAll: true });
    for (const again of [await get(link), await post(link)])
      expect([again.statusCode, again.body.includes('confirmed already'), again.body.includes('<button')]).toEqual([
        200,
        true,
        false,
      ]);
    expect(contacts.get(ADA)?.UnsubscribeAll).toBe(true);
  });

  it('for another component adds to those confirmed before', async () => {
    await post(await confirmationPath());
    await post(await confirmationPath({ components: ['website'] }));
    expect(optedInto(ADA)).toEqual(['api', 'website']);
  });

  it('after unsubscribing starts anew', async () => {
    await post(await confirmationPath({ components: ['api', 'website'] }));
    contacts.set(ADA, { ...contacts.get(ADA), ContactListName: '', EmailAddress: ADA, UnsubscribeAll: true });
    await post(await confirmationPath({ components: ['website'] }));
    expect([optedInto(ADA), contacts.get(ADA)?.UnsubscribeAll]).toEqual([['website'], false]);
  });

  it('can be repeated when it failed halfway', async () => {
    await post(await confirmationPath());
    ses.on(UpdateContactCommand).rejectsOnce(new Error('gone')).resolves({});
    const link = await confirmationPath({ components: ['website'] });
    expect((await post(link)).statusCode).toBe(503);
    expect((await post(link)).body).toContain('You are subscribed');
  });
});

describe('an invalid confirmation link', () => {
  it('is refused with the same page, whatever is wrong with it, and does nothing', async () => {
    const good = await confirmationPath();
    const [, expires, email, components, mac] = good.slice('/subscribe/'.length).split('.');
    const b64 = (text: string) => Buffer.from(text).toString('base64url');
    const bad = [
      '/',
      '/favicon.ico',
      '/subscribe/',
      '/../../etc/passwd',
      `${good}A`,
      good.toUpperCase(),
      `/subscribe/${['1', 'zzzzzz', email, components, mac].join('.')}`,
      `/subscribe/${['1', expires, b64('ben@customer.example'), components, mac].join('.')}`,
      `/subscribe/${['1', expires, email, b64('website'), mac].join('.')}`,
      `/subscribe/${['1', expires, email, components, b64('x'.repeat(32))].join('.')}`,
      await confirmationPath({ expires: Math.floor(Date.now() / 1000) }),
      await confirmationPath({ components: ['gone'] }),
      await confirmationPath({}, 'shop-production'),
    ];
    const answers = await Promise.all(bad.flatMap(path => [get(path), post(path)]));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 410));
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.body).not.toContain('npx');
    expect(contacts.size).toBe(0);
  });

  it('with any one character changed is refused', async () => {
    const path = await confirmationPath();
    await fc.assert(
      fc.asyncProperty(oneCharacterOff(path, '/subscribe/'.length), async changed => {
        expect((await post(changed)).statusCode).toBe(410);
      }),
      { numRuns: 200 },
    );
    expect(contacts.size).toBe(0);
  });

  it('is refused from the second in which it expires, after a day', async () => {
    await ask(ADA, 'api');
    const link = linkIn(mailed()[0]?.body);
    setMinute(24 * 60 - 0.1);
    expect((await get(link)).statusCode).toBe(200);
    setMinute(24 * 60);
    expect([(await get(link)).statusCode, (await post(link)).statusCode]).toEqual([410, 410]);
  });
});

it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
  'the subscribe function refuses %s with 405, whatever the path',
  async method => {
    const good = await request(method, await confirmationPath());
    expect([good.statusCode, good.headers['allow']]).toEqual([405, 'GET, POST']);
    expect(await request(method, '/subscribe')).toEqual(good);
  },
);

it('the subscribe page says that it did not work when AWS does not answer, and does nothing', async () => {
  const link = await confirmationPath();
  kms.on(VerifyMacCommand).rejects(new Error('KMS is down'));
  kms.on(GenerateMacCommand).rejects(new Error('KMS is down'));
  expect([(await post(link)).statusCode, (await ask(ADA, 'api')).statusCode]).toEqual([503, 503]);
  expect([contacts.size, mailed().length]).toEqual([0, 0]);
});

it('the subscribe page is one of ours too when nobody can say what is deployed', async () => {
  await deploy({});
  const { statusCode, body } = await get('/subscribe');
  expect([statusCode, body.includes('This did not work just now')]).toEqual([503, true]);
});

it('the subscribe function logs no address from an error of SES', async () => {
  const message = `Email address is not verified. The following identities failed the check: ${ADA}, <status@mockupaws.com>`;
  ses.on(SendEmailCommand).rejects(new MessageRejected({ message, $metadata: {} }));
  await ask(ADA, 'api');
  expect(logged()).toContain('SES answered MessageRejected: Email address is not verified');
  expect(logged()).not.toMatch(/ada@|status@/);
});
