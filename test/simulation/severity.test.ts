import { expect, it } from 'vitest';
import { minutesBetween } from '../../lambda/domain/kernel/time.ts';
import { rehearse } from '../../local/rehearsal/rehearse.ts';
import { grows, slowBurn } from '../../local/scenarios/severity-follows.ts';
import { assembly, timelineOf } from './world.ts';

/** The scenarios begin their stories then. */
const BEGAN = '2026-03-02T09:00:00.000Z';

/** Minutes from the moment at which the share is passed until the severity has risen, with metrics on time. */
const SOON = 6;

it.each([
  ['slow-burn', slowBurn, 60],
  ['slow-burn', slowBurn, 180],
  ['grows', grows, 60],
  ['grows', grows, 180],
] as const)(
  '%s: severity rises and people are told, with metrics up to %3$s s late',
  async (_, scenario, lateMetrics) => {
    const faults = { lateMetrics, unordered: true, duplicated: 0.2 };
    const { world } = await rehearse({ ...scenario, faults }, { assembly: assembly(), seed: 5 });
    const timeline = timelineOf(world);
    const risen = timeline.filter(({ type, severity }) => type === 'SeverityAssigned' && severity !== 'P3');
    const [first] = risen;
    const worst = risen.findLast(({ severity }, i, all) => severity !== all[i - 1]?.['severity']);
    // A quarter fails from minute 23 of the ramp on; every request does from minute 22 on.
    const passed = scenario === grows ? 22 : 23;
    const at = (scenario === grows ? worst : first)?.at ?? '';
    expect(worst?.['severity']).toBe(scenario === grows ? 'P1' : 'P2');
    expect(minutesBetween(BEGAN, at)).toBeLessThanOrEqual(passed + SOON + lateMetrics / 60);
    const told = timeline.find(
      entry => entry.type === 'UpdatePosted' && entry['to'] === 'stakeholders' && entry.at >= at,
    );
    expect(minutesBetween(at, told?.at ?? '')).toBeLessThanOrEqual(15);
    expect(timeline.filter(({ type }) => type === 'Resolved')).toHaveLength(world.incidents.size);
    expect(world.queues.total).toBe(0);
  },
);
