import { describe, expect, it } from 'vitest';
import { FAILOVER_MINUTES, judgeWriter, LOST_IN_A_ROW, minutesLost } from '../../../lambda/domain/diagnosis/writer.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-03-02T09:10:20.000Z');
const minute = (ago: number) => Math.floor(NOW.getTime() / MINUTE) * MINUTE - ago * MINUTE;

describe('judgeWriter, over the writer endpoint,', () => {
  const row = (read_only: string, by_default: string, in_recovery: boolean) => ({ read_only, by_default, in_recovery });

  it.each([
    ['accepts writes', row('off', 'off', false), false, false],
    ['is a reader, whatever RDS calls it', row('on', 'off', true), true, false],
    ['is a reader whose user may not write either', row('on', 'on', true), true, true],
    ['refuses writes without being in recovery', row('on', 'off', false), true, false],
    ['is read-only for this user alone', row('on', 'on', false), false, true],
  ])('finds that the database %s', (_, given, readOnly, bySetting) => {
    expect(judgeWriter(given)).toEqual({ answered: true, readOnly, bySetting });
  });
});

describe('the minutes without a writer', () => {
  /** The minutes before now, the oldest first; `.` is one without a value. */
  const points = (text: string) =>
    [...text].flatMap((value, i) => (value === '.' ? [] : [{ at: minute(text.length - i), value: Number(value) }]));
  const lost = (text: string) => minutesLost(points(text), NOW);

  it.each([
    ['', 0],
    ['0000', 0],
    ['0001', 0],
    ['0011', 1],
    ['1111', 3],
    ['0111111', 5],
    ['1110', 0],
    // What is missing in between may have been well.
    ['1111.1', 0],
    // The last minutes may still come, as long as they are not late.
    ['1111...', 6],
    ['1111.....', 0],
  ])('for the points %j are at least %i', (text, expected) => {
    expect(lost(text)).toBe(expected);
  });

  it('are enough for a failover exactly when the alarm on the same metric fires', () => {
    expect(lost('1'.repeat(LOST_IN_A_ROW))).toBe(FAILOVER_MINUTES);
    expect(lost('1'.repeat(LOST_IN_A_ROW - 1))).toBeLessThan(FAILOVER_MINUTES);
  });
});
