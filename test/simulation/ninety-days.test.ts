import { expect, it } from 'vitest';
import type { Command } from '../../lambda/domain/incident/commands.ts';
import { type Incident, isOpen } from '../../lambda/domain/incident/incident.ts';
import { RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import { obligations } from '../../lambda/domain/obligations.ts';
import { commitObservedSignals } from '../../lambda/readings/service-state.ts';
import { commit, receive } from '../../lambda/runtime/command-handler.ts';
import { load } from '../../lambda/store/incidents.ts';
import { type Cost, measuredTable } from '../support/measured-table.ts';
import { plainTable } from '../support/plain-table.ts';
import { KEY, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { FAILED, minute, of } from '../support/story.ts';

const table = useResponder();

const DAYS = 90;
const DAY = 24 * 60;
const MOST_UNITS = 10;
const MOST_BYTES = 100 * 1024;
/** The signals of an incident are observed by the watch each minute, which for a flapping one changes nothing. */
const OBSERVED_EVERY = 10;

/** The most that each kind of act cost on one day. */
type Costs = Record<string, Cost>;

const mostOf = (one: Cost | undefined, other: Cost): Cost => ({
  writeUnits: Math.max(one?.writeUnits ?? 0, other.writeUnits),
  read: Math.max(one?.read ?? 0, other.read),
  calls: Math.max(one?.calls ?? 0, other.calls),
  snapshots: (one?.snapshots ?? 0) + other.snapshots,
});

it('after ninety days of an alarm that flaps each minute, reading and committing cost what they did', {
  timeout: 0,
}, async () => {
  const measured = await measuredTable(table, async () => plainTable());
  const policy = { ...policyOf(), severities: RUNBOOK_SEVERITIES };
  const days: Costs[] = [];
  let snapshots = 0;

  async function act<Result>(kind: string, run: () => Promise<Result>): Promise<Result> {
    const [cost, result] = await measured.measure(run);
    if (cost.writeUnits > MOST_UNITS) throw new Error(`${kind} cost ${cost.writeUnits} write units`);
    snapshots += cost.snapshots;
    const day = days.at(-1) ?? {};
    day[kind] = mostOf(day[kind], cost);
    return result;
  }
  async function give(command: Record<string, unknown>): Promise<Incident> {
    const id = `person/${command['type']}/${Date.now()}`;
    const given = { id, by: 'ada', ...command } as Command;
    const { incident, refused } = await act(given.type, () => commit(KEY, given));
    if (!incident || refused) throw new Error(`${given.type} is refused: ${refused}`);
    return incident;
  }
  const change = (minutes: number) =>
    signal({
      ...{ id: `change ${minutes}`, key: 'alarm:flapping', at: minute(minutes) },
      state: minutes % 2 === 0 ? 'firing' : 'cleared',
    });

  await receive(signal(), policy);
  for (let minutes = 1; minutes <= DAYS * DAY; minutes++) {
    if (minutes % DAY === 1) days.push({});
    setMinute(minutes);
    let { incident } = await act('signal', () => receive(change(minutes), policy));
    if (!incident) throw new Error('there is no incident');
    const known = incident;
    if (minutes % OBSERVED_EVERY === 0) incident = await act('observation', () => commitObservedSignals(known, []));
    for (const obligation of obligations(incident, minute(minutes))) {
      const id = `watch/${JSON.stringify(obligation)}/${incident.version}`;
      await act(obligation.type, () => commit(KEY, { type: 'fulfil', id, obligation, checks: FAILED }));
    }
    if (minutes % 90 === 0) await give({ type: 'acknowledge' });
    if (minutes % 45 === 0) await give({ type: 'note', text: 'still looking '.repeat(20) });
    if (minutes % 60 !== 0) continue;
    await give({ type: 'post update', text: 'We work on it. '.repeat(10), internal: true });
    measured.as(`${minutes}`);
    await act('cold read', () => load(KEY));
    measured.as('first');
  }

  // The first day has the opening and the first reports of the flapping; from the second on each is like the other.
  const [, second = {}] = days;
  const last = days.at(-1) ?? {};
  expect(Object.keys(last).sort()).toEqual(Object.keys(second).sort());
  for (const [kind, cost] of Object.entries(last)) {
    const then = second[kind] as Cost;
    expect(cost.writeUnits, kind).toBeLessThanOrEqual(then.writeUnits);
    expect(cost.calls, kind).toBeLessThanOrEqual(then.calls);
    expect(cost.read, kind).toBeLessThanOrEqual(1.1 * then.read + 100);
  }
  // People were called until the end.
  expect(last).toHaveProperty('escalate');
  expect(measured.largestItemBytes).toBeLessThan(MOST_BYTES);

  const before = await give({ type: 'acknowledge' });
  expect(snapshots).toBeLessThanOrEqual(before.commits / 50);
  await give({ type: 'set severity', severity: 'P1' });
  const { commander } = await give({ type: 'take command', by: 'ben' });
  expect(commander).toBe('ben');
  const resolved = await give({ type: 'resolve', reason: 'the threshold was wrong' });
  expect(isOpen(resolved)).toBe(false);
  const { timeline } = await stored();
  const told = of(timeline, 'SignalFlaps').map(({ changes }) => changes);
  expect(told).toEqual(told.map((_, times) => 9 * 2 ** times));
  expect(told.at(-1)).toBeGreaterThan((DAYS * DAY) / 2);
});
