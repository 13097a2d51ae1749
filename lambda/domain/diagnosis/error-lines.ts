import type { Incident } from '../incident/incident.ts';
import { insightsUrl } from '../kernel/console.ts';
import { plusMinutes } from '../kernel/time.ts';
/** Words that mark a line as an error, whichever logger writes it: a filter pattern of CloudWatch Logs. */
export const ERROR_WORDS = '?ERROR ?Error ?error ?FATAL ?CRITICAL ?Exception';

/** The same lines as a query of Logs Insights, for a person to read them. */
export const ERROR_QUERY = `fields @timestamp, @logStream, @message
| filter @message like /${ERROR_WORDS.replaceAll('?', '').split(' ').join('|')}/
| sort @timestamp asc
| limit 1000`;

/** The classes of error lines. The lines themselves may hold personal data, and are never shown. */
const CLASSES: readonly [name: string, pattern: RegExp][] = [
  [
    'too many connections',
    /too many (clients|connections)|remaining connection slots|connection pool|no connection available/i,
  ],
  ['read-only database', /read-only (transaction|mode)|ReadOnlySqlTransaction/i],
  ['out of memory', /out ?of ?memory|OOM|heap (limit|space)/i],
  ['time-out', /time(d)?[ -]?out|deadline exceeded|ETIMEDOUT/i],
  ['connection refused', /ECONNREFUSED|connection refused|ECONNRESET|connection reset/i],
  ['certificate', /certificate|TLS handshake|SSL/i],
];

/** Counts lines by class, the most frequent class first. A line of no class counts as `other`. */
export function countByClass(lines: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const name = CLASSES.find(([, pattern]) => pattern.test(line))?.[0] ?? 'other';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Minutes before and after an incident for which error lines are shown. */
const MARGIN_MINUTES = 15;

/** A link to the error lines of the incident. Only people who have access to the account can read them. */
export function errorLines({ policy, startedAt, changedAt, resolvedAt }: Incident): { label: string; url: string }[] {
  const { region, logGroup } = policy;
  if (!logGroup) return [];
  const to = plusMinutes(resolvedAt ?? changedAt, MARGIN_MINUTES);
  const url = insightsUrl(region, logGroup, ERROR_QUERY, plusMinutes(startedAt, -MARGIN_MINUTES), to);
  return [{ label: 'Error lines, Logs Insights', url }];
}
