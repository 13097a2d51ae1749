import { Random } from 'embedded-aws';
import { expect, it } from 'vitest';
import { BOUNDS } from '../../lambda/domain/incident/bounds.ts';
import type { Maintenance } from '../../lambda/domain/incident/maintenance.ts';
import { withMaintenance } from '../../lambda/domain/intake/maintenance.ts';
import { commitReadability } from '../../lambda/functions/watch/alarms.ts';
import { commitObservedSignals } from '../../lambda/readings/service-state.ts';
import { commit, receive, receiveAll } from '../../lambda/runtime/command-handler.ts';
import { inCommits } from '../../lambda/store/commit-size.ts';
import { measuredTable } from '../support/measured-table.ts';
import { KEY, policyOf, setMinute, signal, stored, useResponder } from '../support/responder.ts';
import { minute, of, types } from '../support/story.ts';

const table = useResponder();
const MOST_UNITS = 10;

/** Text that nothing compresses, of characters from a range. */
function noise(from: number, count: number) {
  const random = new Random(7);
  return (length: number) =>
    Array.from({ length }, () => String.fromCharCode(random.between(from, from + count - 1))).join('');
}

const NAMES = { ASCII: noise(33, 90), 'three thousand characters of three bytes': noise(0x4e00, 3000) };

/** An incident that knows as many alarms with the longest names as it can, all of them red. */
async function storm(text: (length: number) => string) {
  const measured = await measuredTable(table);
  const red = Array.from({ length: 200 }, (_, n) =>
    signal({ id: `${n}`, key: `alarm:${text(251)}${n}`, at: minute(0), summary: text(200) }),
  );
  for (let n = 0; n < 200; n += 10) await receiveAll(red.slice(n, n + 10), policyOf());
  setMinute(60);
  const { timeline: _, ...incident } = await stored();
  return { measured, incident, keys: Object.keys(incident.signals) };
}

/** The write units of each commit that an act makes. */
const unitsOf = async ({ costOf }: Awaited<ReturnType<typeof measuredTable>>, act: () => Promise<unknown>) => {
  const before = (await stored()).commits;
  const { writeUnits } = await costOf(act);
  return writeUnits / ((await stored()).commits - before);
};

it.each(Object.entries(NAMES))(
  'the watch makes up for a storm whose end was lost, with no commit of more than ten write units, in %s',
  async (_, text) => {
    const { measured, incident, keys } = await storm(text);
    const observed = keys.map(key =>
      signal({ id: `observed/${key}`, key, at: minute(59), state: 'cleared', summary: text(200) }),
    );
    expect(await unitsOf(measured, () => commitObservedSignals(incident, observed))).toBeLessThanOrEqual(MOST_UNITS);
    const { signals, timeline } = await stored();
    expect(new Set(Object.values(signals).map(({ state }) => state))).toEqual(new Set(['cleared']));
    expect(types(timeline).filter(type => type === 'Mitigated')).toHaveLength(incident.attempt ? 0 : 1);
  },
);

it.each(Object.entries(NAMES))(
  'a storm of alarms that were deleted is told once, with no commit of more than ten write units, in %s',
  async (_, text) => {
    const { measured, incident, keys } = await storm(text);
    const deleted = { unreadable: keys, readable: [] };
    expect(await unitsOf(measured, () => commitReadability(incident, deleted))).toBeLessThanOrEqual(MOST_UNITS);
    const { timeline, ...after } = await stored();
    expect(
      of(timeline, 'AlarmsUnreadable')
        .flatMap(event => event.keys)
        .sort(),
    ).toEqual(keys.sort());
    expect(await commitReadability(after, deleted)).toBe(after);
    const back = await commitReadability(after, { unreadable: [], readable: keys });
    expect(Object.values(back.signals).filter(({ unreadable }) => unreadable)).toEqual([]);
  },
);

it.each(Object.entries(NAMES))(
  'ten alarms, each held by a long reason, cost no commit more than ten write units, in %s',
  async (_, text) => {
    const { costOf } = await measuredTable(table);
    await receive(signal({ id: 'before', key: 'alarm:before', at: minute(0) }), policyOf());
    const names = Array.from({ length: 10 }, (_, n) => `${text(251)}${n}`);
    const signals = names.map((name, n) =>
      signal({ id: `${n}`, key: `alarm:${name}`, at: minute(0), summary: text(200) }),
    );
    const maintenance = names.map(
      (name): Maintenance => ({ source: 'suppression', scope: { alarms: [name] }, reason: text(1024) }),
    );
    for (const part of inCommits(withMaintenance(signals, maintenance, policyOf())))
      expect((await costOf(() => receiveAll(part, policyOf()))).writeUnits).toBeLessThanOrEqual(MOST_UNITS);
    const reasons = Object.values((await stored()).signals).flatMap(known => known.maintenance?.reason.length ?? []);
    expect(reasons).toEqual(Array(10).fill(BOUNDS.summary));
  },
);

it('a diagnosis of thirty cache nodes, whose facts are all kept, costs no more than ten write units', async () => {
  const { costOf } = await measuredTable(table);
  await receive(signal({ id: 'red', key: 'alarm:red', at: minute(0) }), policyOf());
  const nodes = Array.from({ length: 30 }, (_, n) => `${'cache'.repeat(9)}-${n}`);
  const facts = nodes.flatMap((_, n) =>
    ['Cpu', 'Memory', 'Connections', 'HitRate', 'Evictions', 'Lag'].map((fact, i) => [
      `redis${fact}${n}`,
      (n * 7919 + i * 104_729) / 1000,
    ]),
  );
  const finding = {
    ...{ check: 'redis', ok: false, summary: nodes.map(node => `${node}: engine CPU 98 %, memory 55 %`).join(', ') },
    ...{ facts: Object.fromEntries(facts), times: Object.fromEntries(facts.map(([fact]) => [fact, minute(0)])) },
  };
  const act = () => commit(KEY, { type: 'record diagnosis', id: 'diagnose', attempt: 1, findings: [finding] });
  expect((await costOf(act)).writeUnits).toBeLessThanOrEqual(MOST_UNITS);
  expect(Object.keys((await stored()).facts)).toEqual(expect.arrayContaining(Object.keys(finding.facts)));
});
