/** The report of the function that ends idle database sessions, and its words for people. */
import * as v from 'valibot';
import { countOf, thousands } from '../kernel/numbers.ts';

/**
 * The reasons to spare a session that looks idle; the first that holds counts. The SQL statement uses the same keys.
 */
export const SPARED = {
  replication: 'replication',
  'database service': 'the database service’s own, or a superuser’s',
  'protected user': 'protected by the configuration (user)',
  'protected application': 'protected by the configuration (application)',
  'protected address': 'protected by the configuration (address)',
  'protected statement': 'protected by the configuration (last statement)',
  'RDS Proxy': 'connected from an address of RDS Proxy',
  'other database': 'in another database, where temporary tables cannot be seen',
  'advisory lock': 'holds an advisory lock',
  'temporary table': 'holds a temporary table',
  listen: 'last statement was LISTEN',
  'open transaction': 'in a transaction that has not been idle for long enough',
  'not permitted': 'may not be ended by this database user (grant it pg_signal_backend)',
  limit: 'beyond the most sessions that one run may end',
} as const;

export type SparedReason = keyof typeof SPARED;

/** Properties of other sessions that PostgreSQL does not show, so that no judgement can rely on them. */
export const CANNOT_SEE = [
  'LISTEN of a session that has executed another statement since',
  'prepared statements, settings and open cursors of a session',
  'for which client a pooler keeps a connection: it looks like that client’s own, unless database.protect names the pooler',
];

const SessionGroup = v.object({
  user: v.string(),
  application: v.string(),
  /** `idle`, `idle in transaction` or `idle in transaction (aborted)`. */
  state: v.string(),
  sessions: v.number(),
  /** Sessions that the server was asked to end; 0 in a dry run. */
  ended: v.number(),
  /** Seconds in that state of the session that has been in it longest, as a whole number. */
  idleSeconds: v.number(),
});

const SparedGroup = v.object({
  reason: v.picklist(Object.keys(SPARED) as SparedReason[]),
  sessions: v.number(),
  /** The applications with the most of these sessions, at most three. */
  applications: v.array(v.string()),
});

/**
 * The report contains no query text and no address, which may be personal data. Its size is bounded, because it must
 * fit into the output of an SSM execution.
 */
export const SessionReport = v.object({
  /** `unchanged`: nothing was ended, and nothing is wrong. */
  verdict: v.picklist(['done', 'unchanged', 'failed']),
  /**
   * The reason why it is not done; empty when it is. The field is never absent, because a document cannot select a
   * field that may be absent.
   */
  reason: v.string(),
  dryRun: v.boolean(),
  /** One sentence for each group of sessions that was ended. */
  changed: v.array(v.string()),
  connections: v.object({
    inUse: v.number(),
    /** The server's limit, reserved connections included. */
    maximum: v.number(),
    /** Client sessions by state before the run, including the function's own. */
    states: v.record(v.string(), v.number()),
  }),
  /** The number of sessions to end. `candidates` lists only the largest groups of them. */
  toEnd: v.number(),
  ended: v.number(),
  candidates: v.array(SessionGroup),
  spared: v.array(SparedGroup),
  cannotSee: v.array(v.string()),
  /** One line for operators, without names. */
  message: v.string(),
});

export type SessionGroup = v.InferOutput<typeof SessionGroup>;
export type SparedGroup = v.InferOutput<typeof SparedGroup>;
export type SessionReport = v.InferOutput<typeof SessionReport>;

/** Reads a report from the output of an execution; undefined when it is no report, or was truncated. */
export function readSessionReport(payload: string): SessionReport | undefined {
  try {
    const result = v.safeParse(SessionReport, JSON.parse(payload));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** `report-export (user reports), idle in transaction` */
export const describeGroup = ({ user, application, state }: SessionGroup) =>
  `${application || 'no application name'} (user ${user}), ${state}`;

const idleTime = (seconds: number) => (seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`);

const candidateLine = (group: SessionGroup) =>
  `- ${countOf(group.sessions, 'session')}: ${describeGroup(group)} for up to ${idleTime(group.idleSeconds)}`;

const sparedLine = ({ reason, sessions, applications }: SparedGroup) => {
  const names = applications.map(name => name || 'no application name').join(', ');
  return `- ${countOf(sessions, 'session')}: ${SPARED[reason]}${names ? ` (${names})` : ''}`;
};

/**
 * Describes for an approval or a page which sessions would end or have ended, which are spared and why, and what cannot
 * be seen.
 */
export function sessionLines(report: SessionReport): string[] {
  const { reason, candidates, spared, toEnd, ended, dryRun, cannotSee, connections } = report;
  if (connections.maximum === 0) return [reason];
  const unlisted = toEnd - candidates.reduce((sum, { sessions }) => sum + sessions, 0);
  const sparedCount = spared.reduce((sum, { sessions }) => sum + sessions, 0);
  const used = `${thousands(connections.inUse)} of ${thousands(connections.maximum)} connections in use`;
  return [
    ...(reason ? [reason] : []),
    `${dryRun ? `Would end ${countOf(toEnd, 'session')}` : `Ended ${thousands(ended)} of ${countOf(toEnd, 'session')}`}; ${used}.`,
    ...candidates.map(candidateLine),
    ...(unlisted > 0 ? [`- ${countOf(unlisted, 'more session')}`] : []),
    ...(sparedCount > 0
      ? [`Spares ${countOf(sparedCount, 'session')} that ${sparedCount === 1 ? 'looks' : 'look'} idle:`]
      : []),
    ...spared.map(sparedLine),
    `Cannot be seen: ${cannotSee.join('; ')}.`,
  ];
}
