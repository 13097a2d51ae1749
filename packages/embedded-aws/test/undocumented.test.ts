import { expect, test } from 'vitest';
import { FUNCTION_ERROR, METRICS_COME, MISSING_OUTPUT, QUESTIONS, taking, Undocumented } from '../src/undocumented.ts';

test('every question has a name of its own and positions to choose from', () => {
  expect(new Set(QUESTIONS.map(({ name }) => name)).size).toBe(QUESTIONS.length);
  for (const { positions } of QUESTIONS) expect(new Set(positions).size).toBeGreaterThan(1);
});

test('a position holds where it is given, and the first one otherwise; what was asked is remembered', () => {
  const undocumented = new Undocumented(taking(MISSING_OUTPUT, 'is left out'));
  expect(undocumented.consulted.size).toBe(0);
  expect(undocumented.positionOn(MISSING_OUTPUT)).toBe('is left out');
  expect(undocumented.positionOn(FUNCTION_ERROR)).toBe('fails its step');
  expect([...undocumented.consulted]).toEqual([MISSING_OUTPUT, FUNCTION_ERROR]);
});

test('a position that is none of the question is refused by name', () => {
  const undocumented = new Undocumented({ metrics: 'never come' });
  expect(() => undocumented.positionOn(METRICS_COME)).toThrow(
    'metrics: no position "never come"; there are "come at once", "come up to 180 s late"',
  );
});
