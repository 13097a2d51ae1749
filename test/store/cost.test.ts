import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it, vi } from 'vitest';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import type { Signal } from '../../lambda/domain/incident/signal.ts';
import { obligations } from '../../lambda/domain/obligations.ts';
import { commitObservedSignals } from '../../lambda/readings/service-state.ts';
import { commit, receive, receiveAll } from '../../lambda/runtime/command-handler.ts';
import { load } from '../../lambda/store/incidents.ts';
import { memoryTable } from '../support/memory-table.ts';
import { KEY, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { minute, PASSED } from '../support/story.ts';

const table = useResponder();

const MOST_UNITS = 10;
const MOST_BYTES = 100 * 1024;
const DAY = 24 * 60;
/** Minutes of the first and the last day that pass one by one; those between pass in strides. */
const CLOSE = 3 * 60;
const STRIDE = 241;

interface Cost {
  writeUnits: number;
  /** Bytes that were read. */
  read: number;
  calls: number;
  snapshots: number;
}

/** Puts a table in memory in place, which tells what an act costs. Processes share nothing but the table. */
async function measuredTable() {
  const memory = await memoryTable('measured');
  const cost: Cost = { writeUnits: 0, read: 0, calls: 0, snapshots: 0 };
  const as = (process: string) => vi.stubEnv('INCIDENTS_TABLE', `measured ${process}`);
  table.send = async command => {
    command.input.TableName = 'measured';
    const before = memory.writeUnits;
    const answer = await memory.send(command);
    cost.calls++;
    if (command instanceof GetCommand || command instanceof QueryCommand)
      cost.read += Buffer.byteLength(JSON.stringify(answer));
    // A snapshot counts apart.
    if ('Item' in command.input && String(command.input.Item?.['pk']).startsWith('snapshot/')) cost.snapshots++;
    else cost.writeUnits += memory.writeUnits - before;
    return answer;
  };
  const costOf = async (act: () => Promise<unknown>): Promise<Cost> => {
    Object.assign(cost, { writeUnits: 0, read: 0, calls: 0, snapshots: 0 });
    await act();
    return { ...cost };
  };
  as('first');
  return { memory, as, costOf };
}

const alarm = (name: string, minutes: number, changes: Partial<Signal> = {}) =>
  signal({
    id: `${name} ${minutes}`,
    key: `alarm:${name}`,
    at: minute(minutes),
    state: minutes % 2 === 0 ? 'firing' : 'cleared',
    ...changes,
  });

/** The most that each kind of act cost in some minutes. */
type Costs = Record<string, Cost>;

it('reading to decide and committing cost the same on the first day and after ninety days of flapping', async () => {
  const { memory, as, costOf } = await measuredTable();
  const costs: Record<'first' | 'last', Costs> = { first: {}, last: {} };
  const policy = policyOf();
  let commands = 0;
  let snapshots = 0;
  const act = async (kind: string, day: number, run: () => Promise<unknown>): Promise<void> => {
    const cost = await costOf(run);
    snapshots += cost.snapshots;
    if (cost.writeUnits > MOST_UNITS)
      expect.soft(cost, `${kind} on day ${day}`).toMatchObject({ writeUnits: MOST_UNITS });
    const of = day === 0 ? costs.first : day === 89 ? costs.last : undefined;
    if (!of) return;
    const most = of[kind] ?? cost;
    of[kind] = {
      writeUnits: Math.max(most.writeUnits, cost.writeUnits),
      read: Math.max(most.read, cost.read),
      calls: Math.max(most.calls, cost.calls),
      snapshots: most.snapshots,
    };
  };
  const give = (command: Record<string, unknown>) => commit(KEY, { id: `person/${++commands}`, ...command } as Command);

  await receive(alarm('red', 0), policy);
  for (let minutes = 1; minutes < 90 * DAY; minutes++) {
    const day = minutes < CLOSE ? 0 : minutes > 90 * DAY - CLOSE ? 89 : 45;
    if (day === 45 && minutes % STRIDE !== 0) continue;
    setMinute(minutes);
    await act('signal', day, () => receive(alarm('flapping', minutes), policy));
    const incident = await load(KEY);
    if (!incident) throw new Error('there is no incident');
    await act('observation', day, () => commitObservedSignals(incident, []));
    for (const obligation of obligations(incident, minute(minutes))) {
      const id = `watch/${JSON.stringify(obligation)}/${incident.version}`;
      await act(obligation.type, day, () => commit(KEY, { type: 'fulfil', id, obligation, checks: PASSED }));
    }
    if (day === 45) continue;
    if (minutes % 90 === 0) await act('acknowledge', day, () => give({ type: 'acknowledge', by: 'ada' }));
    if (minutes % 10 === 0)
      await act('note', day, () => give({ type: 'note', by: 'ada', text: 'still looking '.repeat(20) }));
    if (minutes % 60 !== 0) continue;
    const text = 'We work on it. '.repeat(10);
    await act('update', day, () => give({ type: 'post update', by: 'ada', text, internal: true }));
    as(`${minutes}`);
    await act('cold read', day, () => load(KEY));
    as('first');
  }
  const incident = await load(KEY);
  expect(memory.largestItemBytes).toBeLessThan(MOST_BYTES);
  expect(snapshots).toBeLessThanOrEqual((incident?.commits ?? 0) / 50);
  for (const kind of Object.keys(costs.last)) {
    const [first, last] = [costs.first[kind], costs.last[kind]];
    if (!first || !last) continue;
    expect(last.writeUnits, kind).toBeLessThanOrEqual(first.writeUnits + 1);
    expect(last.calls, kind).toBeLessThanOrEqual(first.calls + 1);
    expect(last.read, kind).toBeLessThanOrEqual(2 * first.read + 20_000);
  }
});

it('an incident that knows two hundred signals costs no commit more than ten write units', async () => {
  const { memory, costOf } = await measuredTable();
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
  expect(memory.largestItemBytes).toBeLessThan(MOST_BYTES);
});

it('a batch of ten signals of usual length opens an incident for ten write units, and each later change costs fewer', async () => {
  const { costOf } = await measuredTable();
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
  const { costOf } = await measuredTable();
  await receive(alarm('red', 0), policyOf());
  const { writeUnits } = await costOf(() =>
    commit(KEY, { type: 'note', id: 'note', by: 'ada', text: 'n'.repeat(50_000) }),
  );
  expect(writeUnits).toBeLessThanOrEqual(MOST_UNITS);
});
