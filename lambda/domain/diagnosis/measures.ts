import type { Finding } from '../incident/events.ts';
import type { Measure } from '../incident/policy.ts';
import { known, type Latest, silence, valueIn } from '../kernel/latest.ts';
import { percent, rounded } from '../kernel/numbers.ts';

/** The measures of a playbook as one finding: their values in words and as facts, and whether one is bad. */
export function measuredFindings(
  playbook: string,
  measures: readonly Measure[],
  values: readonly Latest[],
): Omit<Finding, 'check'> {
  const bad = measures.some((measure, i) => isBad(measure, valueIn(values[i])));
  const readings = measures.map(({ label, unit }, i) => `${label} ${valueWords(values[i], unit)}`);
  return {
    ok: !bad,
    summary: `${playbook}: ${readings.join(', ')}`,
    ...known(Object.fromEntries(measures.map(({ fact }, i) => [fact, values[i]]))),
  };
}

function valueWords(found: Latest, unit: Measure['unit']): string {
  const value = valueIn(found);
  if (value === undefined) return silence(found);
  if (unit === 'share') return percent(value);
  if (unit === 'bytes') return `${(value / 2 ** 30).toFixed(1)} GiB`;
  const number = rounded(value, 1);
  return { percent: `${number} %`, seconds: `${number} s`, days: `${number} days`, count: String(number) }[unit];
}

function isBad({ bad }: Measure, value: number | undefined): boolean {
  if (!bad || value === undefined) return false;
  return 'atLeast' in bad ? value >= bad.atLeast : value < bad.under;
}
