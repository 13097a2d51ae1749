import type { Incident } from '../incident/incident.ts';
import { insightsUrl } from '../kernel/console.ts';
import { plusMinutes } from '../kernel/time.ts';
/** Words by which a line tells of an error, however a logger writes them: a filter pattern of CloudWatch Logs. */
export const ERROR_WORDS = '?ERROR ?Error ?error ?FATAL ?CRITICAL ?Exception';

/** The lines that the diagnosis reads, as a query of Logs Insights: for a person to read them. */
export const ERROR_QUERY = `fields @timestamp, @logStream, @message
| filter @message like /${ERROR_WORDS.replaceAll('?', '').split(' ').join('|')}/
| sort @timestamp asc
| limit 1000`;

/** What an error line is about. The line itself may hold personal data, and is told to nobody. */
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

/** How many lines are of each class, the most frequent first; what is none of them is `other`. */
export function countByClass(lines: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const name = CLASSES.find(([, pattern]) => pattern.test(line))?.[0] ?? 'other';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Minutes before and after an incident whose error lines belong to it. */
const LOGGED = 15;

/** The error lines that the diagnosis counts, as a query that is ready to be run: what they say is told to nobody else. */
export function errorLines({ policy, startedAt, timeline, resolvedAt }: Incident): { label: string; url: string }[] {
  const { region, logGroup } = policy;
  if (!logGroup) return [];
  const to = plusMinutes(resolvedAt ?? timeline.at(-1)?.at ?? startedAt, LOGGED);
  const url = insightsUrl(region, logGroup, ERROR_QUERY, plusMinutes(startedAt, -LOGGED), to);
  return [{ label: 'Error lines, Logs Insights', url }];
}
