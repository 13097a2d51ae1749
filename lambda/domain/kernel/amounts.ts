import { percent, rounded } from './numbers.ts';

/** The unit of a number. A share is 0 to 1, bytes are shown as GiB. */
export type Unit = 'percent' | 'share' | 'seconds' | 'days' | 'bytes' | 'count';

/** The number with its unit: "5 %", "1.2 s", "20 days", "1,722". A small one is never rounded to nothing. */
export function amount(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return percent(value);
    case 'percent':
      return `${number(value)} %`;
    case 'seconds':
      return `${number(value)} s`;
    case 'days':
      return value === 1 ? '1 day' : `${number(value)} days`;
    case 'bytes':
      return `${(value / 2 ** 30).toFixed(1)} GiB`;
    case 'count':
      return number(value);
  }
}

const number = (value: number) =>
  Math.abs(value) < 1
    ? value.toLocaleString('en-US', { maximumSignificantDigits: 2 })
    : rounded(value, 1).toLocaleString('en-US');
