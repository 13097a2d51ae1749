import * as v from 'valibot';
import { withDatabase } from '../../adapters/database.ts';
import { NoConnectionLeft } from '../../adapters/no-connection.ts';
import type { SessionReport } from '../../domain/remedies/sessions.ts';
import { done, failed, type Verdict } from '../../domain/remedies/verdict.ts';
import { check, entrypoint } from '../../runtime/entrypoint.ts';
import { killIdleConnections } from './kill.ts';
import { requireLess, requireMaximum } from './maximum.ts';
import type { Protected } from './sessions.ts';

const SHORTEST_IDLE = 30;

/** A whole number. SSM Automation passes every parameter as a string. */
const atLeast = (least: number, expected: string) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))], expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(Number.MAX_SAFE_INTEGER, expected),
  );

const flag = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'true or false'),
  v.transform(value => value === true || value === 'true'),
);

const seconds = atLeast(SHORTEST_IDLE, `a whole number of seconds, ${SHORTEST_IDLE} or more`);

/** The object is strict, because a misspelt `limit` would limit nothing. */
export const KillEvent = v.strictObject({
  dryRun: flag,
  idleSeconds: seconds,
  idleInTransactionSeconds: seconds,
  limit: atLeast(1, 'a whole number of sessions, 1 or more'),
});

/** Asks if the writer allows as many connections, and changes nothing. */
const MaximumEvent = v.strictObject({
  dryRun: v.literal('true'),
  expectedMaximum: atLeast(1, 'a whole number of connections, 1 or more'),
  /** Asks before the raise: the writer must still allow fewer. */
  before: v.optional(flag, 'false'),
});

const DatabaseEvent = v.lazy(event => (Object(event).expectedMaximum === undefined ? KillEvent : MaximumEvent));

const ProtectedSessions = v.strictObject({
  users: v.array(v.string()),
  applications: v.array(v.string()),
  addresses: v.array(v.string()),
  statements: v.array(v.string()),
});

/**
 * Ends idle database sessions, the longest idle first, or lists them in a dry run. A database that cannot be reached gives the
 * verdict "failed" and no error, because it is not documented if an error of a function fails a step of SSM Automation.
 */
export const handler = entrypoint(DatabaseEvent, async (request): Promise<SessionReport | Verdict> => {
  if ('expectedMaximum' in request) return askMaximum(request.expectedMaximum, request.before);
  const protect = protectedSessions();
  try {
    const report = await withDatabase(query => killIdleConnections(query, { ...request, protect }));
    console.info(report.message);
    return report;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error({ message: `failed: ${reason}` });
    return notJudged(request.dryRun, reason);
  }
});

async function askMaximum(expected: number, before: boolean): Promise<Verdict> {
  try {
    return await withDatabase(query => (before ? requireLess : requireMaximum)(query, expected));
  } catch (error) {
    const reason = `the writer could not be asked for its max_connections: ${(error as Error).message}`;
    // A full writer has no slot left to be asked in, which is what the raise is for.
    return before && error instanceof NoConnectionLeft
      ? { ...done(), report: [`T${reason.slice(1)}`] }
      : failed(reason);
  }
}

/**
 * The protected sessions. They come from the deployment, so that no caller can lift the protection. Without them nothing is
 * ended.
 */
function protectedSessions(): Protected {
  return check(ProtectedSessions, JSON.parse(process.env['PROTECTED'] ?? 'null'));
}

const notJudged = (dryRun: boolean, reason: string): SessionReport => ({
  verdict: 'failed',
  reason,
  dryRun,
  changed: [],
  connections: { inUse: 0, maximum: 0, states: {} },
  ...{ toEnd: 0, ended: 0, candidates: [], spared: [], cannotSee: [] },
  message: `The sessions could not be judged: ${reason}`,
});
