import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEVEL_MINUTES } from '../../../lambda/domain/incident/service-policy.ts';
import { plusMinutes } from '../../../lambda/domain/kernel/time.ts';
import { directlyPagedLevels, type RedAlarm, type StaffedLevel } from '../../../lambda/domain/on-call/direct-page.ts';

const START = '2026-04-07T09:30:00.000Z';
const REMIND = 10;
const level = (afterMinutes: number): StaffedLevel => ({
  role: `after ${afterMinutes}`,
  afterMinutes,
  people: ['ada'],
});
const RUNBOOK = [0, 15, 30, 60].map(level);

const red = (since: number, changes: Partial<RedAlarm> = {}): RedAlarm => ({
  name: 'down',
  title: 'Every task is unhealthy',
  since: plusMinutes(START, since),
  ...changes,
});

/** The pages of the minutes given: the watch runs some seconds after each has begun. */
const pages = (levels: StaffedLevel[], minutes: number[], alarms: (minute: number) => RedAlarm[] | undefined) =>
  minutes.flatMap(minute =>
    directlyPagedLevels({ levels, remindMinutes: REMIND }, alarms(minute), plusMinutes(START, minute + 0.1)).map(
      called => ({ called, minute }),
    ),
  );

const allOf = (hours: number) => Array.from({ length: hours * 60 }, (_, minute) => minute);

const path = fc
  .array(fc.integer({ min: LEVEL_MINUTES, max: 40 }), { maxLength: 4 })
  .map(apart => [0, ...apart].map((_, i) => level([0, ...apart].slice(0, i + 1).reduce((sum, more) => sum + more))));

/** For each minute, when the alarm turned red, or that it is not. Any flapping is one of these. */
const flapping = fc.array(fc.option(fc.nat(200)), { minLength: 240, maxLength: 240 });

describe('while the incident store is away', () => {
  it('no level is paged twice within ten minutes, however alarms flap', () => {
    fc.assert(
      fc.property(path, flapping, (levels, red_) => {
        const alarms = (minute: number) => {
          const ago = red_[minute];
          return ago === null || ago === undefined ? [] : [red(minute - ago)];
        };
        const sent = pages(levels, allOf(4), alarms);
        for (const [i] of levels.entries()) {
          const minutes = sent.filter(({ called }) => called === i + 1).map(({ minute }) => minute);
          for (const [j, minute] of minutes.slice(1).entries())
            expect(minute - (minutes[j] ?? 0)).toBeGreaterThanOrEqual(REMIND);
        }
      }),
    );
  });

  it('each level is reached within ten minutes of its time, in order, with time to answer before the next', () => {
    fc.assert(
      fc.property(path, fc.nat(60), (levels, since) => {
        const sent = pages(levels, allOf(6), () => [red(since)]);
        const first = levels.map((_, i) => sent.find(({ called }) => called === i + 1)?.minute ?? Number.NaN);
        for (const [i, minute] of first.entries()) {
          const due = since + (levels[i]?.afterMinutes ?? 0);
          expect(minute).toBeGreaterThanOrEqual(due);
          expect(minute).toBeLessThanOrEqual(due + REMIND);
          if (i > 0) expect(minute - (first[i - 1] ?? 0)).toBeGreaterThanOrEqual(LEVEL_MINUTES);
        }
      }),
    );
  });

  it('a missed minute waits for the next reminder', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(180), (since, missed) => {
        const minutes = allOf(6).filter(minute => minute !== missed);
        const sent = pages(RUNBOOK, minutes, () => [red(since)]);
        for (const [i, { afterMinutes }] of RUNBOOK.entries()) {
          const first = sent.find(({ called }) => called === i + 1)?.minute;
          expect(first).toBeLessThanOrEqual(since + afterMinutes + 2 * REMIND);
        }
      }),
    );
  });

  it('the level that was called last is called every ten minutes for as long as an alarm is red', () => {
    const sent = pages(RUNBOOK, allOf(4), minute => (minute < 180 ? [red(0)] : []));
    expect(sent.filter(({ called }) => called === 4).map(({ minute }) => minute)).toEqual(
      Array.from({ length: 12 }, (_, i) => 65 + i * REMIND),
    );
    expect(sent.filter(({ called }) => called === 1).map(({ minute }) => minute)).toEqual([0, 10, 20]);
  });

  it('warnings call nobody, and an alarm of unknown level counts as critical', () => {
    expect(pages(RUNBOOK, allOf(2), () => [red(0, { level: 'warning' })])).toEqual([]);
    expect(pages(RUNBOOK, allOf(1), () => [red(0)])[0]).toEqual({ called: 1, minute: 0 });
    const both = () => [red(0, { level: 'warning' }), red(90, { level: 'critical' })];
    expect(pages(RUNBOOK, allOf(2), both)[0]).toEqual({ called: 1, minute: 90 });
  });

  it('nothing red calls nobody, and a CloudWatch that is away as well calls the first level', () => {
    expect(pages(RUNBOOK, allOf(2), () => [])).toEqual([]);
    expect(pages(RUNBOOK, allOf(1), () => undefined)).toEqual(
      [0, 10, 20, 30, 40, 50].map(minute => ({ called: 1, minute })),
    );
  });
});
