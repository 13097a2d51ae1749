import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { probe } from '../../lambda/adapters/health-urls.ts';
import { close, listen, urlOf } from '../support/loopback.ts';

/** Seconds that no answer takes, however busy the machine. */
const PATIENT = 50;

let server: Server;
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    if (url === '/hangs') return;
    if (url === '/moved') response.setHeader('location', '/200');
    response
      .writeHead(url === '/moved' ? 302 : Number(url.slice(1)))
      .end(url === '/200' ? '{"status":"ok"}' : undefined);
  });
  await listen(server);
});
afterAll(() => close(server));
const at = (path: string) => `${urlOf(server)}${path}`;

it.each([
  ['/200', true, 'HTTP 200'],
  ['/204', true, 'HTTP 204'],
  ['/moved', true, 'HTTP 200'],
  ['/404', false, 'HTTP 404'],
  ['/503', false, 'HTTP 503'],
])('a health URL that answers %s has healthy: %s, reported as %s', async (path, healthy, seen) => {
  const seconds = expect.any(Number);
  expect(await probe({ url: at(path) }, PATIENT)).toEqual({ url: at(path), healthy, seen, seconds });
});

it('a health URL that does not answer in time is unhealthy', async () => {
  expect(await probe({ url: at('/hangs') }, 0.1)).toMatchObject({ healthy: false, seen: 'no answer in 0.1 s' });
});

it('a health URL that refuses the connection or is no address is unhealthy, and the reason is reported', async () => {
  const gone = createServer().listen(0);
  const { port } = gone.address() as AddressInfo;
  await new Promise(resolve => gone.close(resolve));
  expect(await probe({ url: `http://127.0.0.1:${port}/` }, PATIENT)).toMatchObject({
    healthy: false,
    seen: 'ECONNREFUSED',
  });
  expect(await probe({ url: 'http://does-not-exist.invalid/' }, PATIENT)).toMatchObject({
    healthy: false,
    seen: expect.stringMatching(/^E/),
  });
});

it('a health URL whose answer lacks the required text is unhealthy, whatever its status', async () => {
  const asked = (contains: string) => probe({ url: at('/200'), contains });
  expect(await asked('ok')).toMatchObject({ healthy: true, seen: 'HTTP 200' });
  expect(await asked('"status":"up"')).toMatchObject({
    healthy: false,
    seen: 'HTTP 200 without "\\"status\\":\\"up\\""',
  });
});
