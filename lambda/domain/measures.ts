import type { Measure } from './policy.ts';
import { percent } from './severity.ts';
import type { Finding } from './timeline.ts';

/** What a playbook's measures came to, as one finding: each as it is read out, bad or not, and as a fact. */
export function measured(
  playbook: string,
  measures: readonly Measure[],
  values: readonly (number | undefined)[],
): Omit<Finding, 'check'> {
  const known = measures.flatMap((measure, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ ...measure, value }];
  });
  const told = measures.map(({ label, unit }, i) => `${label} ${readOut(values[i], unit)}`);
  return {
    ok: !known.some(isBad),
    summary: `${playbook}: ${told.join(', ')}`,
    facts: Object.fromEntries(known.map(({ fact, value }) => [fact, value])),
  };
}

function readOut(value: number | undefined, unit: Measure['unit']): string {
  if (value === undefined) return 'not reported';
  if (unit === 'share') return percent(value);
  if (unit === 'bytes') return `${(value / 2 ** 30).toFixed(1)} GiB`;
  const number = Math.round(value * 10) / 10;
  return { percent: `${number} %`, seconds: `${number} s`, days: `${number} days`, count: String(number) }[unit];
}

function isBad({ bad, value }: Measure & { value: number }): boolean {
  if (!bad) return false;
  return 'atLeast' in bad ? value >= bad.atLeast : value < bad.under;
}
