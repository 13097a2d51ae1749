import { expect, it } from 'vitest';
import { known, latest, silence } from '../../../lambda/domain/kernel/latest.ts';

const NOW = new Date('2026-04-07T10:00:30.000Z');
const point = (time: string, value = 7) => ({ at: Date.parse(`2026-04-07T${time}.000Z`), value });

it('the latest value is that of the last whole period, with its end, up to three minutes late', () => {
  expect(latest([point('09:58:00', 1), point('09:59:00', 2), point('10:00:00', 3)], 60, NOW)).toEqual({
    ...{ value: 2, measuredAt: '2026-04-07T10:00:00.000Z' },
  });
  for (const late of ['09:56:00', '09:55:00']) expect(latest([point(late)], 60, NOW)).toMatchObject({ value: 7 });
});

it.each([
  ['six minutes old', [point('09:54:00')], 'not reported since 09:55'],
  ['never reported', [], 'not reported'],
  ['only of the current period', [point('10:00:00')], 'not reported'],
])('a value that is %s does not count as a fact', (_, points, words) => {
  const found = latest(points, 60, NOW);
  expect(silence(found)).toBe(words);
  expect(known({ fact: found })).toEqual({ facts: {}, times: {} });
});

it('a value of a longer period may be older', () => {
  expect(latest([point('09:40:00')], 300, NOW)).toEqual({ silentSince: '2026-04-07T09:45:00.000Z' });
  expect(latest([point('09:45:00')], 300, NOW)).toMatchObject({ value: 7 });
});

it('a value becomes a fact with its time', () => {
  expect(known({ a: latest([point('09:59:00')], 60, NOW), b: undefined })).toEqual({
    ...{ facts: { a: 7 }, times: { a: '2026-04-07T10:00:00.000Z' } },
  });
});
