import { insightsUrl } from './console.ts';
import type { Incident } from './incident.ts';
import { ERROR_QUERY } from './log-classes.ts';
import { plusMinutes } from './time.ts';

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
