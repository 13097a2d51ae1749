import { diff } from 'node:util';

/** Lines that are shown at most. */
const MOST = 20;

/** Lists the first differences between two texts, line by line, each with its number. */
export function differences(before: string, after: string): string {
  const numbers = { '-': 0, '+': 0 };
  const changed = diff(after.split('\n'), before.split('\n')).flatMap(([change, line]) => {
    // 1 is a line that came, -1 one that went.
    if (change >= 0) numbers['+']++;
    if (change <= 0) numbers['-']++;
    const sign = change > 0 ? '+' : '-';
    return change === 0 ? [] : [`${sign} ${numbers[sign]}: ${line}`];
  });
  const rest = changed.length - MOST;
  return [...changed.slice(0, MOST), ...(rest > 0 ? [`… and ${rest} lines more`] : [])].join('\n');
}
