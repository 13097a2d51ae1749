import { beforeEach, expect, it, vi } from 'vitest';
import { Refused, send, Unavailable } from '../../lambda/adapters/http.ts';
import { type Failure, VendorServer } from '../support/vendor-server.ts';

const waits: number[] = [];
vi.mock('node:timers/promises', () => ({ setTimeout: async (ms: number) => waits.push(ms) }));
beforeEach(() => waits.splice(0));

const server = VendorServer.use(() => ({ host: '', answer: () => ({ status: 202, body: 'taken' }) }));
const busy = (after?: number | string): Failure => ({
  status: 429,
  headers: after === undefined ? {} : { 'retry-after': `${after}` },
});
const asked = (seconds?: number) =>
  send(`${server.url}/v2?token=secret`, { body: 'hello', ...(seconds ? { seconds } : {}) });

it('send returns the body of the answer', async () => {
  expect(await asked()).toBe('taken');
  expect(server.asked).toMatchObject([{ method: 'POST', body: 'hello' }]);
});

it.each<[string, Failure[], number[]]>([
  ['as long as the server asks', [busy(3)], [3000]],
  ['each time the server asks', [busy(3), busy(2), busy(4)], [3000, 2000, 4000]],
  ['one second if the server names no time', [busy()], [1000]],
  ['one second if the server names a time that is over', [busy('Wed, 21 Oct 2015 07:28:00 GMT')], [1000]],
  ['one second if the server names none that can be read', [busy('soon')], [1000]],
])('send waits %s, then tries again', async (_, failures, waited) => {
  server.fails(...failures);
  expect(await asked()).toBe('taken');
  expect(waits).toEqual(waited);
  expect(server.asked).toHaveLength(failures.length + 1);
});

it.each<[string, Failure[], number[]]>([
  ['the server asks for a longer wait than a function has', [busy(30)], []],
  ['the waits that the server asks for add up to too much', [busy(6), busy(6)], [6000]],
  ['the server names a time that is too late', [busy('Wed, 21 Oct 2099 07:28:00 GMT')], []],
  [
    'the server always asks for a wait of no time',
    Array.from({ length: 12 }, () => busy(0)),
    Array.from({ length: 10 }, () => 1000),
  ],
  ['the server answers 500', [{ status: 500 }], []],
  ['the server answers 503', [{ status: 503 }], []],
  ['the server does not answer in time', ['hangs'], []],
  ['the connection breaks', ['unheard'], []],
])('send throws Unavailable, so that the caller tries later, when %s', async (_, failures, waited) => {
  server.fails(...failures);
  await expect(asked(0.2)).rejects.toThrow(Unavailable);
  expect(waits).toEqual(waited);
  expect(server.asked).toHaveLength(waited.length + 1);
});

it.each([400, 401, 403, 404, 410, 422])('send does not try again after HTTP %i', async status => {
  server.fails({ status });
  await expect(asked()).rejects.toThrow(Refused);
  expect(server.asked).toHaveLength(1);
});

it('send takes no other success for the one that it expects, as the page of a proxy', async () => {
  const expecting = (expects: number) => send(`${server.url}/v2`, { expects });
  expect(await expecting(202)).toBe('taken');
  await expect(expecting(200)).rejects.toThrow(/answered 202, not 200: taken$/);
  await expect(expecting(200)).rejects.toThrow(Unavailable);
});

it('the error of send names host, path and status, and no secret', async () => {
  server.fails({ status: 400 });
  await expect(asked()).rejects.toThrow(/^127\.0\.0\.1:\d+\/v2 answered 400: no$/);
});
