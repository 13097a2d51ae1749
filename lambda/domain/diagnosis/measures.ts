import type { Finding } from '../incident/events.ts';
import type { Measure } from '../incident/policy.ts';
import { amount } from '../kernel/amounts.ts';
import { known, type Latest, silence, valueIn } from '../kernel/latest.ts';

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
  return value === undefined ? silence(found) : amount(value, unit);
}

function isBad({ bad }: Measure, value: number | undefined): boolean {
  if (!bad || value === undefined) return false;
  return 'atLeast' in bad ? value >= bad.atLeast : value < bad.under;
}
