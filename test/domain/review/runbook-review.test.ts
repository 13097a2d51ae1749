import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { quarterOf, runbookReviewFields } from '../../../lambda/domain/review/runbook-review.ts';

describe('the quarter of a time', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-Q1'],
    ['2026-03-31T23:59:59.999Z', '2026-Q1'],
    ['2026-04-01T00:00:00Z', '2026-Q2'],
    ['2026-09-30T23:59:59Z', '2026-Q3'],
    ['2027-10-01T09:00:00Z', '2027-Q4'],
    ['2028-02-29T09:00:00Z', '2028-Q1'],
  ])('of %s is %s', (at, quarter) => {
    expect(quarterOf(at)).toBe(quarter);
  });

  test('is by UTC, wherever the clock of the machine stands', () => {
    expect(quarterOf('2026-03-31T23:30:00-02:00')).toBe('2026-Q2');
  });
});

describe('the mail about a review', () => {
  it('names the three months that nobody has reviewed yet, and a date two weeks later', () => {
    expect(runbookReviewFields('Shop', '2026-01-01T09:00:04.512Z')).toEqual({
      service: 'Shop',
      quarter: '2026-Q1',
      months: ['2025-10', '2025-11', '2025-12'],
      due: '2026-01-15',
    });
  });

  test('names each month once, in order, over the years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2100 }), fc.integer({ min: 1, max: 20 }), (year, quarters) => {
        const begins = Array.from({ length: quarters }, (_, i) => new Date(Date.UTC(year, i * 3, 1, 9)).toISOString());
        const months = begins.flatMap(at => runbookReviewFields('Shop', at).months);
        expect(months).toEqual([...new Set(months)].sort());
        expect(new Set(begins.map(quarterOf)).size).toBe(quarters);
        expect(months).toHaveLength(3 * quarters);
      }),
    );
  });
});
