import { Random } from 'embedded-aws';
import { expect, it } from 'vitest';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { commit, receive, receiveAll } from '../../lambda/runtime/command-handler.ts';
import { inCommits } from '../../lambda/store/commit-size.ts';
import { measuredTable } from '../support/measured-table.ts';
import { KEY, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { minute, STATUS_PAGE } from '../support/story.ts';

const table = useResponder();

const MOST_UNITS = 10;
const MOST_BYTES = 100 * 1024;

const alarm = (name: string, minutes: number, changes: Partial<Signal> = {}) =>
  signal({
    id: `${name} ${minutes}`,
    key: `alarm:${name}`,
    at: minute(minutes),
    state: minutes % 2 === 0 ? 'firing' : 'cleared',
    ...changes,
  });

it('an incident that knows two hundred signals costs no commit more than ten write units', async () => {
  const measured = await measuredTable(table);
  const { costOf } = measured;
  const name = (n: number) => `incident-response/mockupaws-production/${'x'.repeat(180)}-${n}`;
  const signals = Array.from({ length: 200 }, (_, n) =>
    alarm(name(n), 0, { summary: 'Connections: 1,700. '.repeat(8) }),
  );
  const policy = policyOf();
  await costOf(() => receive(alarm('before', 0), policy));
  for (let n = 0; n < 200; n += 10) {
    setMinute(n / 10);
    const { writeUnits } = await costOf(() => receiveAll(signals.slice(n, n + 10), policy));
    expect(writeUnits, `signals from ${n}`).toBeLessThanOrEqual(MOST_UNITS);
  }
  const { timeline: _, policy: __, ...state } = await stored();
  expect(JSON.stringify(state).length).toBeGreaterThan(70_000);
  for (const command of [
    { type: 'acknowledge' },
    { type: 'note', text: 'looking '.repeat(100) },
    { type: 'set severity', severity: 'P1' },
    { type: 'resolve', reason: 'by hand' },
  ]) {
    const { writeUnits } = await costOf(() => commit(KEY, { id: command.type, by: 'ada', ...command } as Command));
    expect(writeUnits, command.type).toBeLessThanOrEqual(MOST_UNITS);
  }
  expect(measured.largestItemBytes).toBeLessThan(MOST_BYTES);
});

it('a batch of ten signals of usual length opens an incident for ten write units, and each later change costs fewer', async () => {
  const { costOf } = await measuredTable(table);
  const policy = policyOf();
  await receive(alarm('other', 0, { service: 'shop' }), policy);
  const name = (n: number) => `incident-response/mockupaws-production/database-connections-${n}`;
  const signals = Array.from({ length: 10 }, (_, n) => alarm(name(n), 0));
  expect((await costOf(() => receiveAll(signals, policy))).writeUnits).toBeLessThanOrEqual(MOST_UNITS);
  for (const severity of ['P1', 'P3', 'P2'] as const) {
    const act = () => commit(KEY, { type: 'set severity', id: severity, by: 'ada', severity, reason: 'as I see it' });
    expect((await costOf(act)).writeUnits).toBeLessThan(MOST_UNITS);
  }
});

it('the longest note costs no more than ten write units', async () => {
  const { costOf } = await measuredTable(table);
  await receive(alarm('red', 0), policyOf());
  const { writeUnits } = await costOf(() =>
    commit(KEY, { type: 'note', id: 'note', by: 'ada', text: 'n'.repeat(50_000) }),
  );
  expect(writeUnits).toBeLessThanOrEqual(MOST_UNITS);
});

/** Text that nothing compresses, of characters from a range. */
function noise(from: number, count: number) {
  const random = new Random(7);
  return (length: number) =>
    Array.from({ length }, () => String.fromCharCode(random.between(from, from + count - 1))).join('');
}

const NOISE = { ASCII: noise(33, 90), 'three thousand characters of three bytes': noise(0x4e00, 3000) };

/** What people may give, with texts of the lengths that `lambda/inbound/command-request.ts` accepts. */
const longest = (text: (length: number) => string): Record<string, unknown>[] => [
  { type: 'acknowledge' },
  { type: 'take command', by: NOISE.ASCII(200) },
  { type: 'note', text: text(2000) },
  { type: 'publish' },
  { type: 'set severity', severity: 'P1', reason: text(500) },
  { type: 'declare', dataLoss: true, securityBreach: true, workaround: false, text: text(1000) },
  // Noise is refused where customers would read it: it may be a token.
  { type: 'post update', text: 'We are looking into it. '.repeat(83) },
  { type: 'post update', text: text(2000), internal: true },
  { type: 'raise action item', action: text(200), text: text(1000), owner: text(200) },
  { type: 'state cause', text: text(1000), happenedAt: minute(0) },
  { type: 'state fix', text: text(1000), happenedAt: minute(0) },
  { type: 'end response', attempt: 1, reason: text(2000) },
  { type: 'resolve', reason: text(1000) },
  { type: 'note', text: text(2000) },
];

it.each(Object.entries(NOISE))('ten signals of the longest names, with the longest texts, in %s', async (_, text) => {
  const { costOf } = await measuredTable(table);
  const policy = { ...policyOf(), statusPage: STATUS_PAGE, severities: RUNBOOK_SEVERITIES };
  await receive(alarm('other', 0, { service: 'shop' }), policy);
  const names = Array.from({ length: 210 }, (_, n) => text(250) + String(n).padStart(5, '0'));
  const batch = (from: number, minutes: number) =>
    names.slice(from, from + 10).map(name => alarm(name, minutes, { summary: text(2000) }));
  /** One commit takes a whole batch, unless its characters have three bytes. */
  const commits = text(1).length === Buffer.byteLength(text(1)) ? 1 : 4;
  const receives = async (from: number, minutes: number) => {
    setMinute(minutes);
    const parts = inCommits(batch(from, minutes));
    expect(parts.length).toBeLessThanOrEqual(commits);
    for (const part of parts) {
      const { writeUnits } = await costOf(() => receiveAll(part, policy));
      expect.soft(writeUnits, `signals from ${from}`).toBeLessThanOrEqual(MOST_UNITS);
    }
  };
  for (let from = 0; from < 200; from += 10) await receives(from, 0);
  await receives(200, 1);
  for (let minutes = 2; minutes < 30; minutes++) await receives(0, minutes);
  // Addresses and ARNs.
  const by = NOISE.ASCII(200);
  for (const [n, command] of longest(text).entries()) {
    const { writeUnits } = await costOf(() => commit(KEY, { id: `person/${n}`, by, ...command } as Command));
    expect.soft(writeUnits, String(command['type'])).toBeLessThanOrEqual(MOST_UNITS);
    expect(writeUnits, String(command['type'])).toBeGreaterThan(0);
  }
});

it('two hundred signals that flap at once cost no batch more than ten write units', async () => {
  const { costOf } = await measuredTable(table);
  const policy = policyOf();
  const words = noise(97, 26);
  const names = Array.from({ length: 200 }, (_, n) => `mockupaws-production-${words(40)}-${n}`);
  const random = new Random(8);
  for (let minutes = 0; minutes < 30; minutes++)
    for (let from = 0; from < 200; from += 10) {
      setMinute(minutes + 1);
      const batch = names.slice(from, from + 10).map(name => {
        const at = minute(minutes + random.next());
        return alarm(name, minutes, { at, summary: `Latency: ${words(60)}` });
      });
      const { writeUnits } = await costOf(() => receiveAll(batch, policy));
      expect.soft(writeUnits, `minute ${minutes}, signals from ${from}`).toBeLessThanOrEqual(MOST_UNITS);
    }
  expect(Object.values((await stored()).signals).filter(({ flapping }) => flapping)).toHaveLength(200);
});

it('a command that comes again after weeks reads its own commit, not all that came since', async () => {
  const { costOf } = await measuredTable(table);
  await receive(alarm('red', 0), policyOf());
  const note = (id: string) => commit(KEY, { type: 'note', id, by: 'ada', text: 'looking '.repeat(50) });
  const { events } = await note('person/first');
  for (let n = 0; n < 60; n++) await note(`person/${n}`);
  expect((await costOf(() => note('person/first'))).read).toBeLessThan(2000);
  expect((await note('person/first')).events).toEqual(events);
});
