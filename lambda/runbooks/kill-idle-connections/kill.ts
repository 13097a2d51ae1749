import * as v from 'valibot';
import type { Query } from '../../adapters/query.ts';
import { countOf, thousands } from '../../domain/kernel/numbers.ts';
import {
  CANNOT_SEE,
  describeGroup,
  type SessionGroup,
  type SessionReport,
  SPARED,
  type SparedGroup,
  type SparedReason,
} from '../../domain/remedies/sessions.ts';
import { COUNT_SESSIONS, END_IDLE_SESSIONS, endParameters, type KillRequest } from './sessions.ts';

const MOST_GROUPS = 10;
const MOST_CHANGED = 5;
const MOST_NAMES = 3;

const CountRow = v.object({ state: v.string(), sessions: v.number(), max_connections: v.number() });

const GroupRow = v.object({
  spared: v.picklist(['', ...(Object.keys(SPARED) as SparedReason[])]),
  usename: v.string(),
  application_name: v.string(),
  state: v.string(),
  sessions: v.number(),
  ended: v.number(),
  idle_seconds: v.number(),
});
type GroupRow = v.InferOutput<typeof GroupRow>;

/** A connection pooler may put its client's address into the name of the application. */
const ADDRESS = /(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[\da-f]{0,4}(?::[\da-f]{0,4}){2,}\]?)(?::\d+)?/gi;
const readable = (name: string) =>
  name
    .replace(ADDRESS, '…')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 48);

const largestFirst = <T extends { sessions: number }>(groups: Iterable<T>) =>
  [...groups].sort((a, b) => b.sessions - a.sessions);

/** Groups whose names look the same after shortening are merged. */
function candidatesOf(rows: readonly GroupRow[]): SessionGroup[] {
  const groups = new Map<string, SessionGroup>();
  for (const row of rows) {
    const [user, application, { state }] = [readable(row.usename), readable(row.application_name), row];
    const key = JSON.stringify([user, application, state]);
    const group = groups.get(key) ?? { user, application, state, sessions: 0, ended: 0, idleSeconds: 0 };
    group.sessions += row.sessions;
    group.ended += row.ended;
    group.idleSeconds = Math.max(group.idleSeconds, row.idle_seconds);
    groups.set(key, group);
  }
  return largestFirst(groups.values());
}

function sparedOf(rows: readonly GroupRow[]): SparedGroup[] {
  const reasons = new Map<SparedReason, Map<string, number>>();
  for (const { spared, application_name: name, sessions } of rows) {
    if (spared === '') continue;
    const applications = reasons.get(spared) ?? new Map<string, number>();
    applications.set(readable(name), (applications.get(readable(name)) ?? 0) + sessions);
    reasons.set(spared, applications);
  }
  return largestFirst(
    Array.from(reasons, ([reason, applications]) => {
      const named = largestFirst(Array.from(applications, ([name, sessions]) => ({ name, sessions })));
      return {
        reason,
        sessions: total(named, 'sessions'),
        applications: named.slice(0, MOST_NAMES).map(({ name }) => name),
      };
    }),
  );
}

const total = <Key extends string>(groups: readonly Record<Key, number>[], key: Key) =>
  groups.reduce((sum, group) => sum + group[key], 0);

function changedOf(candidates: readonly SessionGroup[]): string[] {
  const ended = candidates.filter(group => group.ended > 0);
  const rest = ended.slice(MOST_CHANGED);
  return [
    ...ended.slice(0, MOST_CHANGED).map(group => `ended ${countOf(group.ended, 'session')} of ${describeGroup(group)}`),
    ...(rest.length > 0 ? [`ended ${countOf(total(rest, 'ended'), 'more session')}`] : []),
  ];
}

/** Nothing to end is "unchanged"; sessions that could not be judged or ended are "failed". */
function verdictOf(
  request: KillRequest,
  { toEnd, ended, refused, hidden, looksIdle }: Record<'toEnd' | 'ended' | 'refused' | 'hidden' | 'looksIdle', number>,
): Pick<SessionReport, 'verdict' | 'reason'> {
  if (request.dryRun ? toEnd > 0 : ended > 0) return { verdict: 'done', reason: '' };
  if (refused > 0)
    return {
      verdict: 'failed',
      reason: `The database user may not end ${countOf(refused, 'session')}: grant it pg_signal_backend.`,
    };
  if (hidden > 0)
    return {
      verdict: 'failed',
      reason: `${countOf(hidden, 'session hides its', 'sessions hide their')} state from the database user: grant it pg_read_all_stats.`,
    };
  if (toEnd > 0)
    return { verdict: 'unchanged', reason: `${countOf(toEnd, 'session')} had already ended by the time of the run.` };
  if (looksIdle > 0)
    return {
      verdict: 'unchanged',
      reason: `No session was ended: ${looksIdle === 1 ? 'the one' : `all ${thousands(looksIdle)}`} idle for ${request.idleSeconds} s or longer ${looksIdle === 1 ? 'is' : 'are'} spared.`,
    };
  return { verdict: 'unchanged', reason: `No session has been idle for ${request.idleSeconds} s or longer.` };
}

/** @throws Error that says that sessions may have been ended, when the statement fails half-way. */
async function endSessions(query: Query, request: KillRequest): Promise<GroupRow[]> {
  const rows = await query(END_IDLE_SESSIONS, endParameters(request)).catch(error => {
    const unknown = request.dryRun ? '' : ' Some sessions may have been ended.';
    throw new Error(`${error instanceof Error ? error.message : String(error)}.${unknown}`, { cause: error });
  });
  return v.parse(v.array(GroupRow), rows);
}

/**
 * Counts the sessions, then ends those that have been idle for long enough and that nothing spares, or lists them in a dry run.
 * A repeated call is harmless: it finds no session twice. The values of `request` are not validated here; the handler does that.
 * Rejects with the error of `query`.
 */
export async function killIdleConnections(query: Query, request: KillRequest): Promise<SessionReport> {
  const counts = v.parse(v.array(CountRow), await query(COUNT_SESSIONS, {}));
  const rows = await endSessions(query, request);
  const states = Object.fromEntries(counts.map(({ state, sessions }) => [state, sessions]));
  const candidates = candidatesOf(rows.filter(({ spared }) => spared === ''));
  const spared = sparedOf(rows);
  const [toEnd, ended] = [total(candidates, 'sessions'), total(candidates, 'ended')];
  const refused = spared.find(({ reason }) => reason === 'not permitted')?.sessions ?? 0;
  const hidden = states['hidden'] ?? 0;
  const looksIdle = toEnd + total(spared, 'sessions');
  const connections = { inUse: total(counts, 'sessions'), maximum: counts[0]?.max_connections ?? 0, states };
  const verdict = verdictOf(request, { toEnd, ended, refused, hidden, looksIdle });
  const did = request.dryRun ? `${toEnd} would be ended` : `${ended} ended`;
  return {
    ...verdict,
    dryRun: request.dryRun,
    changed: changedOf(candidates),
    connections,
    toEnd,
    ended,
    candidates: candidates.slice(0, MOST_GROUPS),
    spared,
    cannotSee:
      hidden > 0
        ? [...CANNOT_SEE, `${countOf(hidden, 'session that hides', 'sessions that hide')} their state`]
        : CANNOT_SEE,
    message: `${request.dryRun ? 'Dry run: of' : 'Of'} ${countOf(looksIdle, 'session')} idle for ${request.idleSeconds} s or longer, ${did}, ${looksIdle - toEnd} spared. ${thousands(connections.inUse)} of ${thousands(connections.maximum)} connections were in use.`,
  };
}
