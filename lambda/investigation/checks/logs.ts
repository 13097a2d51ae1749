import { readErrorLines } from '../../adapters/logs.ts';
import { countByClass } from '../../domain/diagnosis/error-lines.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { thousands } from '../../domain/kernel/numbers.ts';

const MINUTES = 15;
/** Enough lines to find the most frequent error; reading every line of a flood would cost time and money. */
const BOUNDS = { limit: 2000, seconds: 8 };

/** The runbook's `aws logs tail`, in numbers: the count of error lines, and the most frequent kind. */
export async function logs({ logGroup }: Resources, now: Date) {
  const since = new Date(now.getTime() - MINUTES * 60_000);
  const { lines, complete } = await readErrorLines(logGroup, since, BOUNDS);
  const [most] = countByClass(lines);
  const count = `${complete ? '' : 'at least '}${thousands(lines.length)} error lines in ${MINUTES} min`;
  return {
    ok: lines.length === 0,
    summary: `Logs: ${count}${most ? `, ${thousands(most[1])} of them "${most[0]}"` : ''}`,
    facts: { errorLines: lines.length },
  };
}
