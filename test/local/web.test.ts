import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Received } from '../../local/vendors/vendors.ts';
import { leading, led } from '../../local/web/addresses.ts';
import { type Answered, type Loopback, openLoopback, text } from '../../local/web/loopback.ts';
import { mailbox } from '../../local/web/mailbox.ts';
import { partsOfMarkup } from '../../local/web/parts.ts';
import { Visits } from '../../local/web/visits.ts';
import type { RehearsalWorld } from '../../local/world/world.ts';

describe('a server on loopback', () => {
  let server: Loopback;
  let port: string;
  beforeEach(async () => {
    server = await openLoopback(0);
    port = new URL(server.origin).port;
  });
  afterEach(() => server.close());

  /** Requests as a browser does, whatever name brought it here. */
  async function ask(method: string, headers: Record<string, string> = {}, path = '/'): Promise<number | undefined> {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }).end(method === 'POST' ? 'a=1' : '');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  it('says that there is nothing yet, then answers', async () => {
    expect(await ask('GET')).toBe(503);
    server.answerBy(async ({ path, search, body }) => text(200, path + search + body));
    expect(await ask('GET')).toBe(200);
    expect(await ask('HEAD')).toBe(200);
  });

  it('answers to its own names, and lets only its own pages post', async () => {
    let acted = 0;
    server.answerBy(async ({ method }) => {
      if (method === 'POST') acted++;
      return text(200, 'done');
    });
    const own = `http://127.0.0.1:${port}`;
    expect(await ask('GET', { host: `localhost:${port}` })).toBe(200);
    for (const host of [`rebound.example:${port}`, '127.0.0.1', '127.0.0.1:1'])
      for (const method of ['GET', 'POST'])
        expect(await ask(method, { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }), host).toBe(421);
    for (const origin of ['https://evil.example', `http://localhost:${port}`, 'http://127.0.0.1:1', 'null', ''])
      expect(await ask('POST', { origin, 'sec-fetch-site': 'cross-site' }), origin).toBe(403);
    expect(await ask('POST')).toBe(403);
    expect(await ask('DELETE', { origin: own })).toBe(405);
    expect(acted).toBe(0);
    expect(await ask('POST', { origin: own })).toBe(200);
    // A page that tells nobody where it was sends `null`; that it is its own, browsers say all the same.
    expect(await ask('POST', { origin: 'null', 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(acted).toBe(2);
  });

  it('is not reached from the network', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((known = []) =>
      known.filter(({ internal, family }) => !internal && family === 'IPv4'),
    );
    for (const { address } of addresses) {
      const connected = once(connect({ host: address, port: Number(port) }), 'connect');
      await expect(connected, address).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
  });

  it('that cannot have its port ends the command at once, before anything is rehearsed', async () => {
    const main = join(import.meta.dirname, '../../local/main.ts');
    const child = spawn(process.execPath, [main, '--port', port], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data));
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(said).toBe(`error: port ${port} is taken: choose another by --port, or --port 0 for any that is free\n`);
  });
});

describe('the mailbox', () => {
  const DOOR = 'door.lambda-url.us-east-1.on.aws';

  /** A world in which nothing but these messages was ever sent. */
  const worldOf = (messages: Received[]) =>
    ({
      received: messages,
      incidents: new Map(),
      clock: { iso: '2026-03-02T09:00:00.000Z' },
      account: {
        ofType: (type: string) =>
          type === 'AWS::Lambda::Url' ? [{ attributes: { FunctionUrl: `https://${DOOR}/` } }] : [],
      },
    }) as unknown as RehearsalWorld;

  async function opened(messages: Received[], to?: string): Promise<string> {
    const world = worldOf(messages);
    const lead = leading(world.account, { hosts: ['status.example.com'], origin: 'http://127.0.0.1:4700' });
    const about = { scenario: undefined, statusPage: null, outputs: {} };
    const answer = mailbox(world, about, new Visits(world), lead);
    const query = new URLSearchParams(to === undefined ? {} : { to });
    const asked = { method: 'GET', path: '/messages', query, search: '', contentType: '', body: '' } as const;
    return String((await answer(asked)).body);
  }

  const UNESCAPED: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&#34;': '"', '&#39;': "'" };
  const unescaped = (html: string) => html.replace(/&(?:amp|lt|gt|#34|#39);/g, entity => UNESCAPED[entity] ?? '');
  /** The text that a browser shows of each message: a line break after `<pre>` is none, and links are their text. */
  const texts = (html: string) =>
    [...html.matchAll(/<pre[^>]*>\n([\s\S]*?)<\/pre>/g)].map(([, shown = '']) =>
      unescaped(shown.replace(/<a href="[^"]*">|<\/a>|<\/?strong>/g, '')),
    );

  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '</pre><script>alert(1)</script>',
      '\n\n',
      '{{ title }}',
      '"><a href="javascript:alert(1)">x',
      '&lt;',
    ),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  );
  /** A text that is meant to be read, and the body that is sent for it: Slack has an escaping of its own. */
  const message = fc
    .record({
      channel: fc.constantFrom('email', 'sms', 'slack', 'pagerduty'),
      to: hostile,
      subject: hostile,
      text: fc.array(hostile, { maxLength: 4 }).map(parts => parts.join(' ').replaceAll('*', '')),
      at: fc.integer({ min: 0, max: 3_600_000 }).map(passed => new Date(Date.UTC(2026, 2, 2) + passed).toISOString()),
    })
    .map(sent => ({ ...sent, body: sent.channel === 'slack' ? escapedForSlack(sent.text) : sent.text }));
  const escapedForSlack = (text: string) =>
    text.replace(/[&<>]/g, character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '');

  it('shows everything that was sent exactly as it was, and nothing else, the newest last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 6 }), async messages => {
        const html = await opened(messages);
        const inOrder = messages.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
        expect(texts(html)).toEqual(inOrder.map(({ text }) => text));
        expect(html).not.toMatch(/<script|href="(?!https?:\/\/|\/)/);
      }),
      { numRuns: 100 },
    );
  });

  it('shows what Slack shows', () => {
    const shown = (markup: string) =>
      partsOfMarkup(markup).map(({ text, href, strong }) => (href ? [text, href] : strong ? [text] : text));
    expect(shown('*P2 - High*: 3 * 4 &lt; 5 &amp;amp; more')).toEqual([['P2 - High'], ': 3 * 4 < 5 &amp; more']);
    expect(shown('see <https://a.example/?b&amp;c|the page>, <https://a.example>')).toEqual([
      'see ',
      ['the page', 'https://a.example/?b&c'],
      ', ',
      ['https://a.example', 'https://a.example'],
    ]);
    expect(shown('<javascript:alert(1)|x>')).toEqual(['<javascript:alert(1)|x>']);
  });

  it('leads the links of doors and of the status page here, and every other where it leads', async () => {
    const mail = (body: string) => ({
      channel: 'email',
      to: 'a@example.com',
      subject: '',
      body,
      at: '2026-03-02T09:00:00Z',
    });
    const links = async (body: string) =>
      [...(await opened([mail(body)])).matchAll(/<a href="([^"]+)">http/g)].map(([, href]) => unescaped(href ?? ''));
    expect(await links(`Acknowledge: https://${DOOR}/1a.b-c_d?x=1&y=2.`)).toEqual([`/door/${DOOR}/1a.b-c_d?x=1&y=2`]);
    expect(await links('(https://status.example.com), https://status.example.com/incidents/1.html')).toEqual([
      'http://127.0.0.1:4700/',
      'http://127.0.0.1:4700/incidents/1.html',
    ]);
    const others = [
      'https://us-east-1.console.aws.amazon.com/a#b:c=d',
      `http://${DOOR}/`,
      `https://${DOOR}.evil.example/`,
    ];
    expect(await links(others.join(' '))).toEqual(others);
  });

  it('leads forms and the policy that lets them go there here, too', () => {
    const lead = leading(worldOf([]).account, undefined);
    const page: Answered = {
      status: 200,
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'none'; form-action https://${DOOR}; img-src https://other.example`,
        Location: `https://${DOOR}/done`,
      },
      body: `<form action="https://${DOOR}/subscribe"><a href="https://other.example/">https://${DOOR}/</a>`,
    };
    expect(led(page, lead)).toEqual({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; form-action 'self'; img-src https://other.example",
        location: `/door/${DOOR}/done`,
      },
      body: `<form action="/door/${DOOR}/subscribe"><a href="https://other.example/">https://${DOOR}/</a>`,
    });
  });
});
