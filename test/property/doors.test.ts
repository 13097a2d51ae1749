import { createHmac } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as opsgenie } from '../../lambda/channels/opsgenie/webhook/handler.ts';
import { handler as pagerduty } from '../../lambda/channels/pagerduty/webhook/handler.ts';
import { handler as slack } from '../../lambda/channels/slack/interactions/handler.ts';
import { handler as answer } from '../../lambda/functions/answer/handler.ts';
import { handler as subscribe } from '../../lambda/functions/subscribe/handler.ts';
import type { HttpResponse } from '../../lambda/runtime/http-response.ts';
import { Opsgenie } from '../../local/vendors/opsgenie.ts';
import { PagerDuty } from '../../local/vendors/pagerduty.ts';
import { signed } from '../../local/vendors/slack.ts';
import { useCommandFunction } from '../support/aws-mocks.ts';
import { linkPath } from '../support/links.ts';
import { invoke } from '../support/responder.ts';
import { useSubscribers } from '../support/subscribers.ts';

useSubscribers();
useCommandFunction();
const secrets = mockClient(SecretsManagerClient);
const ID = 'INC-2026-04-07-001';
const MEGABYTE = 1024 * 1024;

beforeEach(() => {
  const environment = {
    ...{ COMMAND_FUNCTION: 'command', LINKS_KEY: 'links', LINKS_URL: 'https://door.example/' },
    ...{ WEBHOOK_SECRET: 'secret', WEBHOOK_TOKEN_SECRET: 'secret', SIGNING_SECRET: 'secret' },
    ...{ SLACK_TEAM: 'T0123456789', SLACK_CHANNEL: 'C0123456789', SLACK_HOOKS: 'https://hooks.slack.com' },
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'secret' });
  vi.stubGlobal('fetch', async () => new Response('ok'));
});

type Door = (event: never, context: never) => Promise<HttpResponse>;
type Headers = Record<string, string>;

interface DoorOf {
  door: Door;
  /** A request that is understood. */
  valid: object;
  /** The body that holds it. */
  body: (payload: string) => string;
  headers: (body: Buffer) => Headers;
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const ticket = new PagerDuty({ now: () => 0 }).open('Disk full');
const webhook = new PagerDuty({ now: () => 0 });
const button = { action_id: 'approve', action_ts: '1.2', value: JSON.stringify({ incident: ID, step: 'ask' }) };

const DOORS: Record<string, DoorOf> = {
  pagerduty: {
    door: pagerduty,
    valid: { event: webhook.act(ticket, { does: 'annotate', text: 'looking' }) },
    body: payload => payload,
    headers: body => ({ 'x-pagerduty-signature': `v1=${createHmac('sha256', 'secret').update(body).digest('hex')}` }),
  },
  opsgenie: {
    door: opsgenie,
    valid: JSON.parse(new Opsgenie('').webhook('', 'AddNote', ID, { note: 'looking' }).body),
    body: payload => payload,
    headers: () => ({ 'x-webhook-token': 'secret' }),
  },
  slack: {
    door: slack,
    valid: {
      ...{ type: 'block_actions', user: { id: 'U0123456789', team_id: 'T0123456789' }, actions: [button] },
      ...{ team: { id: 'T0123456789' }, channel: { id: 'C0123456789' }, container: { message_ts: '1.0' } },
      response_url: 'https://hooks.slack.com/actions/T0/1/abc',
    },
    body: payload => form({ payload }),
    headers: body => signed('secret', body as never, Date.now()),
  },
};

const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);
const hostileValue = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -1,
    1e300,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    [],
    {},
    [[]],
    '__proto__',
    'constructor',
  ),
  fc.constantFrom('x'.repeat(MEGABYTE / 2), ' '.repeat(5000), '\u200b'.repeat(300), '"'.repeat(4000)),
  fc.constant(null).map(() => JSON.parse(deep(3000, '[', ']'))),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.anything({ maxDepth: 2 }).filter(value => JSON.stringify(value) !== undefined),
);

/** The ways to every field and item. */
const paths = (value: unknown, path: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, field]) => [[...path, key], ...paths(field, [...path, key])])
    : [];

function changed(valid: object, path: string[], value: unknown): object {
  const copy = structuredClone(valid);
  const holder = path.slice(0, -1).reduce((part, key) => Reflect.get(Object(part), key), copy as object);
  Reflect.set(Object(holder), path.at(-1) ?? '', value);
  return copy;
}

const twice = (valid: object) =>
  fc
    .array(fc.tuple(fc.constantFrom(...paths(valid)), hostileValue), { minLength: 1, maxLength: 2 })
    .map(changes => changes.reduce((payload, [path, value]) => changed(payload, path, value), valid))
    .map(payload => JSON.stringify(payload));

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map(all => Buffer.from(all)),
  fc
    .constantFrom(
      ...[
        '',
        'null',
        '[]',
        '{}',
        '7',
        '"',
        'payload=',
        'payload=%ff',
        'payload=null',
        `{"event":{"id":"${'x'.repeat(MEGABYTE)}"}}`,
      ],
      ...[
        deep(100_000, '[', ']'),
        deep(50_000, '{"a":', '}'),
        `payload=${deep(100_000, '[', ']')}`,
        'x'.repeat(2 * MEGABYTE),
      ],
    )
    .map(text => Buffer.from(text)),
);

const event = (body: Buffer, headers: Headers, path = '/', method = 'POST', encoded = true) => ({
  ...{ version: '2.0', rawPath: path, rawQueryString: '', headers, isBase64Encoded: encoded },
  requestContext: { http: { method, path } },
  body: encoded ? body.toString('base64') : body.toString('utf8'),
});

/** Nobody is at fault here but who asks: no failure of ours, and none that the other side would send again. */
async function isAnswered(door: Door, asked: object): Promise<void> {
  vi.mocked(console.error).mockClear();
  const { statusCode } = await invoke(door, asked);
  expect(statusCode).toBeGreaterThanOrEqual(200);
  expect(statusCode).toBeLessThan(500);
  expect(vi.mocked(console.error).mock.calls.filter(([{ message }]) => /not understood/.test(message))).toEqual([]);
}

describe.each(Object.entries(DOORS))('the door of %s', (_, { door, valid, body, headers }) => {
  it('answers a request that is understood', async () => {
    const sent = Buffer.from(body(JSON.stringify(valid)));
    expect(await invoke(door, event(sent, headers(sent)))).toMatchObject({ statusCode: 200 });
  });

  it('answers whatever is in the fields, signed, as something that was asked wrongly', async () => {
    await fc.assert(
      fc.asyncProperty(twice(valid), async payload => {
        const sent = Buffer.from(body(payload));
        await isAnswered(door, event(sent, headers(sent)));
      }),
      { numRuns: 300 },
    );
  });

  it('answers any bytes, signed or not, encoded or not', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), fc.boolean(), async (sent, isSigned, encoded) => {
        await isAnswered(door, event(sent, isSigned ? headers(sent) : {}, '/', 'POST', encoded));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what is too large, and what is no text', async () => {
    const large = Buffer.alloc(MEGABYTE + 1, 0x20);
    expect(await invoke(door, event(large, headers(large)))).toMatchObject({ statusCode: 413 });
    const latin = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(await invoke(door, event(latin, headers(latin)))).toMatchObject({ statusCode: 400 });
  });
});

describe('the doors of links', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const part = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom('A'.repeat(6000), 'A'.repeat(43), '%00', '..', 'x'.repeat(MEGABYTE)),
  );
  const path = fc.oneof(
    part.map(text => `/${text}`),
    part.map(text => `/subscribe/${text}`),
    fc
      .tuple(fc.constantFrom('a', 'r', 'f', '1a', '1f', '2a'), part, part)
      .map(([kind, one, two]) => `/${kind}.20260407001.tq3k5s.${one}.${two}`),
    fc.nat({ max: 12_000 }).map(length => `/1a.20260407001.tq3k5s.${'A'.repeat(length)}.${'A'.repeat(43)}`),
    fc.constant('/subscribe'),
  );

  it.each([
    ['answer', answer],
    ['subscribe', subscribe],
  ] as const)('of %s answer any path and any form', async (_, door) => {
    await fc.assert(
      fc.asyncProperty(path, bytes, fc.constantFrom('GET', 'POST', 'PUT'), async (asked, sent, method) => {
        await isAnswered(door, event(sent, FORM, asked, method));
      }),
      { numRuns: 300 },
    );
  });

  it('answer whatever is written into the form of a valid link', async () => {
    const field = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3000 }),
      fc.constantFrom('x'.repeat(50_000), '\u0000', ''),
    );
    const fields = fc.dictionary(fc.constantFrom('text', 'into', 'whileRed'), field);
    const valid = await linkPath({ action: 'resolve' });
    await fc.assert(
      fc.asyncProperty(fields, async given => {
        await isAnswered(answer, event(Buffer.from(form(given as Record<string, string>)), FORM, valid));
      }),
      { numRuns: 50 },
    );
  });
});
