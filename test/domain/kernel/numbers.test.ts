import { describe, expect, test } from 'vitest';
import { countOf, inSeconds, percent, rounded, thousands } from '../../../lambda/domain/kernel/numbers.ts';

describe('numbers in texts', () => {
  test('a share below 10 % has a decimal, so that it does not read as nothing', () => {
    expect([0, 0.004, 0.099, 0.1, 0.375, 1].map(percent)).toEqual(['0 %', '0.4 %', '9.9 %', '10 %', '38 %', '100 %']);
  });

  test('decimals are a maximum', () => {
    expect([rounded(1.25, 1), rounded(2, 1), inSeconds(0.254), inSeconds(6)]).toEqual([1.3, 2, '0.25 s', '6 s']);
  });

  test('counts have thousands separators and a plural', () => {
    expect([thousands(1722), countOf(1, 'session'), countOf(1722, 'session'), countOf(0, 'match', 'matches')]).toEqual([
      '1,722',
      '1 session',
      '1,722 sessions',
      '0 matches',
    ]);
  });
});
