import * as v from 'valibot';
import type { Query } from '../../adapters/query.ts';
import {
  COUNT_SESSIONS,
  type KillRequest,
  type KillResult,
  type Session,
  TERMINATE_IDLE_SESSIONS,
  terminateParameters,
} from './sessions.ts';

const MOST_LISTED = 20;

const CountRow = v.object({ state: v.string(), sessions: v.number(), max_connections: v.number() });

const SessionRow = v.object({
  pid: v.number(),
  usename: v.string(),
  application_name: v.string(),
  datname: v.string(),
  state: v.string(),
  idle_seconds: v.number(),
  matched: v.number(),
  permitted: v.boolean(),
  terminated: v.boolean(),
});

const toSession = (row: v.InferOutput<typeof SessionRow>): Session => ({
  pid: row.pid,
  user: row.usename,
  application: row.application_name,
  database: row.datname,
  state: row.state,
  idleSeconds: row.idle_seconds,
  permitted: row.permitted,
  terminated: row.terminated,
});

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const summary = (request: KillRequest, chosen: readonly Session[], result: Omit<KillResult, 'message'>): string => {
  const { matched, terminated, connections, notTerminated } = result;
  const all = Object.values(connections).reduce((sum, n) => sum + n, 0);
  const idle = `idle for ${request.idleSeconds} s or longer`;
  const sentences: string[] = [];
  const refused = chosen.filter(session => !session.permitted).length;
  const gone = notTerminated.length - refused;
  const capped = matched > chosen.length ? `, the most one run may take being ${request.limit}` : '';

  if (matched === 0) sentences.push(`No session is ${idle}: nothing to terminate`);
  else if (request.dryRun) {
    sentences.push(
      `Dry run: of ${count(matched, 'session')} ${idle}, ${chosen.length - refused} would be terminated${capped}`,
    );
  } else sentences.push(`Terminated ${terminated} of ${count(matched, 'session')} ${idle}${capped}`);
  if (refused > 0) {
    sentences.push(`${refused} may not be terminated by this database user: grant it pg_signal_backend`);
  }
  if (!request.dryRun && gone > 0) sentences.push(`${gone} had already ended`);
  if (connections['hidden']) {
    sentences.push(
      `${count(connections['hidden'], 'session hides its state', 'sessions hide their state')} from this database user: grant it pg_read_all_stats`,
    );
  }
  sentences.push(`${all} of ${result.maxConnections} connections were in use`);
  return `${sentences.join('. ')}.`;
};

/**
 * Counts the sessions, then terminates those that `request` describes, or lists them in a dry run. Doing it again is
 * harmless: an idle session is terminated once, and an empty set is left at that. The values of `request` are taken
 * as they are; the handler validates them. Rejects with what `query` rejected with.
 */
export const killIdleConnections = async (query: Query, request: KillRequest): Promise<KillResult> => {
  const counts = v.parse(v.array(CountRow), await query(COUNT_SESSIONS, {}));
  const rows = v.parse(v.array(SessionRow), await query(TERMINATE_IDLE_SESSIONS, terminateParameters(request)));
  const chosen = rows.map(toSession);
  const result = {
    dryRun: request.dryRun,
    maxConnections: counts[0]?.max_connections ?? 0,
    connections: Object.fromEntries(counts.map(({ state, sessions }) => [state, sessions])),
    matched: rows[0]?.matched ?? 0,
    terminated: chosen.filter(session => session.terminated).length,
    notTerminated: request.dryRun ? [] : chosen.filter(session => !session.terminated).map(session => session.pid),
    sessions: chosen.slice(0, MOST_LISTED),
  };
  return { ...result, message: summary(request, chosen, result) };
};
