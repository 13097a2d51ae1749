import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RUNBOOK_CRITERIA } from '../../../lambda/domain/kernel/severity.ts';
import { minutesBetween } from '../../../lambda/domain/kernel/time.ts';
import { type Course, measureOutage, outageOf, type Period, worstWords } from '../../../lambda/domain/outage/outage.ts';
import { minute, Story } from '../../support/story.ts';

const INCIDENT = { startedAt: minute(0), resolvedAt: minute(30) };

/** Minute by minute the share of requests that failed; undefined, there is no data. */
const course = (shares: Record<number, number>, settledUntil = 30): Course => ({
  periods: Object.entries(shares).map(([at, usersAffectedShare]) => ({
    at: minute(Number(at)),
    facts: { usersAffectedShare },
  })),
  ...{ minutes: 1, settledUntil: minute(settledUntil) },
});
const measured = (shares: Record<number, number>, settledUntil?: number) =>
  measureOutage(INCIDENT, RUNBOOK_CRITERIA, course(shares, settledUntil));
const well = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, i) => [from + i, 0]));

describe('the outage by the metrics', () => {
  test('begins and ends where harm does, and its worst minute comes from the metrics, not from a diagnosis', () => {
    expect(measured({ ...well(-30, 30), [-2]: 0.1, 0: 0.4, 3: 0.62, 5: 0.3 })).toEqual({
      ...{ from: minute(-2), to: minute(6) },
      worst: { at: minute(3), share: 0.62, of: 'requests' },
    });
  });

  test('leaves out earlier harm that was long over', () => {
    expect(measured({ ...well(-30, 30), [-20]: 0.9, 2: 0.3 })).toMatchObject({
      ...{ from: minute(2), to: minute(3), worst: { share: 0.3 } },
    });
  });

  test('says so when it still lasted at the resolution', () => {
    expect(measured({ ...well(-30, 30), 28: 0.3, 29: 0.3 })).toMatchObject({ open: true, to: minute(30) });
    expect(measured({ ...well(-30, 26), 25: 0.3, 26: 0.3 }, 27)).toMatchObject({ open: true, to: minute(30) });
    expect(measured({ ...well(-30, 30), 25: 0.3 }, 27)).not.toHaveProperty('open');
  });

  test('is none without harm, and has the worst value seen', () => {
    expect(measured({ ...well(0, 30), 4: 0.02 })).toEqual({ worst: { at: minute(4), share: 0.02, of: 'requests' } });
    expect(measured(well(0, 30))).toEqual({});
  });

  test('is unknown without data', () => {
    expect(measured({ [-20]: 0.5 })).toEqual({ unknown: 'CloudWatch has no data of it' });
  });

  test('includes slow responses', () => {
    const periods = [3, 4, 5].map(at => ({
      at: minute(at),
      facts: { usersAffectedShare: 0, responseSeconds: at === 4 ? 8.25 : 1 },
    }));
    const story = new Story();
    story.fires();
    story.tell({
      type: 'record outage',
      outage: measureOutage(INCIDENT, RUNBOOK_CRITERIA, { periods, minutes: 1, settledUntil: minute(30) }),
    });
    story.at(30).resolves();
    story.tell({
      type: 'record outage',
      outage: measureOutage(INCIDENT, RUNBOOK_CRITERIA, { periods, minutes: 1, settledUntil: minute(30) }),
    });
    expect(worstWords(story.incident)).toBe('no request failed; at worst (09:34 UTC) an answer took 8.3 s on average');
  });
});

const facts = fc.record(
  {
    usersAffectedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    healthFailingShare: fc.constantFrom(0, 0.5, 1),
    responseSeconds: fc.double({ min: 0, max: 20, noNaN: true }),
  },
  { requiredKeys: [] },
);
const periods: fc.Arbitrary<Period[]> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -30, max: 45 }), facts), { selector: ([at]) => at, maxLength: 75 })
  .map(all => all.map(([at, of]) => ({ at: minute(at), facts: of })));

test('an outage has a worst value above all within it, and lasts from start to end, for any course of the metrics', () => {
  const property = fc.property(periods, fc.integer({ min: 20, max: 45 }), fc.boolean(), (all, settled, mitigates) => {
    const outage = measureOutage(INCIDENT, RUNBOOK_CRITERIA, {
      periods: all,
      minutes: 1,
      settledUntil: minute(settled),
    });
    const story = new Story();
    story.fires();
    if (mitigates) story.at(20).clears();
    story.at(30).resolves();
    story.tell({ type: 'record outage', outage });
    const { from, to, minutes, by } = outageOf(story.incident);
    expect(minutes).toBe(Math.round(minutesBetween(from, to ?? '')));
    expect(by).toBe(outage.from === undefined ? 'signals' : 'metrics');
    if (outage.from === undefined || outage.to === undefined) return;
    expect([from, to]).toEqual([outage.from, outage.to]);
    expect(outage.from < outage.to && outage.to <= INCIDENT.resolvedAt).toBe(true);
    const within = all.filter(({ at }) => at >= from && at < (to ?? ''));
    for (const { facts: of } of within) {
      for (const share of [of.usersAffectedShare ?? 0, of.healthFailingShare ?? 0])
        expect(outage.worst?.share ?? 0).toBeGreaterThanOrEqual(share);
      expect(outage.slowest?.seconds ?? 0).toBeGreaterThanOrEqual(of.responseSeconds ?? 0);
    }
    for (const moment of [outage.worst?.at, outage.slowest?.at])
      if (moment) expect(moment >= from && moment < (to ?? '')).toBe(true);
  });
  fc.assert(property, { numRuns: 300 });
});
