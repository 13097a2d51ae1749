import { expect, it } from 'vitest';
import { measuredUptime } from '../../../lambda/domain/status-page/measured.ts';

const at = (time: string) => Date.parse(`2026-01-${time}Z`);

it('measuredUptime is the share of measured minutes a day, and counts two values in a minute once', () => {
  const days = [
    { at: at('29T00:00'), value: 720 },
    { at: at('31T00:00'), value: 1441 },
  ];
  const minutes = [
    { at: at('31T09:46'), value: 1 },
    { at: at('31T09:47'), value: 2 },
  ];
  expect(measuredUptime(days, minutes)).toEqual({
    days: { '2026-01-29': 0.5, '2026-01-31': 1 },
    lastAt: '2026-01-31T09:47:00.000Z',
  });
  expect(measuredUptime([], [])).toEqual({ days: {} });
});
