import { beforeEach, expect, it, vi } from 'vitest';
import { Refused, send, Unavailable } from '../../lambda/adapters/http.ts';
import { type Failure, VendorServer } from '../support/vendor-server.ts';

const waits: number[] = [];
vi.mock('node:timers/promises', () => ({ setTimeout: async (ms: number) => waits.push(ms) }));
beforeEach(() => waits.splice(0));

const server = VendorServer.use(() => ({ host: '', answer: () => ({ status: 202, body: 'taken' }) }));
const busy = (after?: number): Failure => ({
  status: 429,
  headers: after === undefined ? {} : { 'retry-after': `${after}` },
});
const asked = (seconds?: number) =>
  send(`${server.url}/v2?token=secret`, { body: 'hello', ...(seconds ? { seconds } : {}) });

it('gives what was answered', async () => {
  expect(await asked()).toBe('taken');
  expect(server.asked).toMatchObject([{ method: 'POST', body: 'hello' }]);
});

it.each<[string, Failure[], number[]]>([
  ['as long as it was asked to', [busy(3)], [3000]],
  ['more than once', [busy(3), busy(2), busy(4)], [3000, 2000, 4000]],
  ['a second when it was not said how long', [busy()], [1000]],
])('waits %s, and tries again', async (_, failures, waited) => {
  server.fails(...failures);
  expect(await asked()).toBe('taken');
  expect(waits).toEqual(waited);
  expect(server.asked).toHaveLength(failures.length + 1);
});

it.each<[string, Failure[], number[]]>([
  ['asked to wait for longer than a function can', [busy(30)], []],
  ['asked to wait again and again', [busy(6), busy(6)], [6000]],
  [
    'asked to wait no time at all, for ever',
    Array.from({ length: 12 }, () => busy(0)),
    Array.from({ length: 10 }, () => 0),
  ],
  ['the other side is broken', [{ status: 500 }], []],
  ['the other side is being replaced', [{ status: 503 }], []],
  ['nothing is answered in time', ['hangs'], []],
  ['the connection breaks', ['unheard'], []],
])('leaves it to its caller to come back later when %s', async (_, failures, waited) => {
  server.fails(...failures);
  await expect(asked(0.2)).rejects.toThrow(Unavailable);
  expect(waits).toEqual(waited);
  expect(server.asked).toHaveLength(waited.length + 1);
});

it.each([400, 401, 403, 404, 410, 422])('never tries again what was refused with %i', async status => {
  server.fails({ status });
  await expect(asked()).rejects.toThrow(Refused);
  expect(server.asked).toHaveLength(1);
});

it('says where and what, and no secret', async () => {
  server.fails({ status: 400 });
  await expect(asked()).rejects.toThrow(/^127\.0\.0\.1:\d+\/v2 answered 400: no$/);
});
