import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseSchedule } from '../../src/engine/schedule.ts';

const MINUTE = 60_000;

/** The times after `from` at which the schedule is due, in order. */
function times(expression: string, from: string, count: number): string[] {
  const schedule = parseSchedule(expression, 'the rule');
  if (!('next' in schedule)) throw new Error(`${expression} is a rate`);
  const found: string[] = [];
  for (let now = Date.parse(from); found.length < count; ) {
    now = schedule.next(now);
    found.push(new Date(now).toISOString().slice(0, 16));
  }
  return found;
}

describe('a cron schedule', () => {
  it('is due on the first day of each quarter', () => {
    expect(times('cron(0 9 1 1,4,7,10 ? *)', '2026-03-02T08:45:00Z', 5)).toEqual([
      '2026-04-01T09:00',
      '2026-07-01T09:00',
      '2026-10-01T09:00',
      '2027-01-01T09:00',
      '2027-04-01T09:00',
    ]);
  });

  it('is due later on the same day, and not again in the minute in which it was', () => {
    expect(times('cron(0 9 1 1,4,7,10 ? *)', '2026-04-01T08:59:59Z', 1)).toEqual(['2026-04-01T09:00']);
    expect(times('cron(0 9 1 1,4,7,10 ? *)', '2026-04-01T09:00:00Z', 1)).toEqual(['2026-07-01T09:00']);
  });

  it.each([
    ['cron(15 10 * * ? *)', ['2026-12-31T10:15', '2027-01-01T10:15']],
    ['cron(58-59 23 31 12 ? *)', ['2026-12-31T23:58', '2026-12-31T23:59', '2027-12-31T23:58']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ])('%s is due when it says', (expression, expected) => {
    expect(times(expression, '2026-12-31T05:00:00Z', expected.length)).toEqual(expected);
  });

  test('misses no minute that every field allows', () => {
    const at = fc.integer({ min: Date.UTC(2024, 0, 1) / MINUTE, max: Date.UTC(2030, 0, 1) / MINUTE });
    fc.assert(
      fc.property(at, fc.integer({ min: 1, max: 300 * 24 * 60 }), (minute, before) => {
        const date = new Date(minute * MINUTE);
        const fields = [date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate(), date.getUTCMonth() + 1];
        const [first] = times(`cron(${fields.join(' ')} ? *)`, new Date((minute - before) * MINUTE).toISOString(), 1);
        expect(first).toBe(date.toISOString().slice(0, 16));
      }),
      { numRuns: 300 },
    );
  });
});

it('a rate is due every so many minutes', () => {
  expect(parseSchedule('rate(5 minutes)', 'the rule')).toEqual({ every: 5 * MINUTE });
});

it.each([
  'rate(1 hour)',
  'cron(0 9 ? * MON *)',
  'cron(0 9 1 JAN ? *)',
  'cron(0/15 * * * ? *)',
  'cron(0 9 L * ? *)',
  'cron(0 9 1 * ? 2027)',
  'cron(60 9 1 * ? *)',
  'cron(0 9 1 *)',
  'at(2026-04-01T09:00:00)',
])('%s is refused by name', expression => {
  expect(() => parseSchedule(expression, 'the rule')).toThrow(`the rule: the schedule ${expression}`);
});

it('a day that no month has is refused when it is looked for', () => {
  expect(() => times('cron(0 0 31 2 ? *)', '2026-01-01T00:00:00Z', 1)).toThrow('names no time in 8 years');
});
