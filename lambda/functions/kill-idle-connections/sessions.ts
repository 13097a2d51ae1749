/** Statements of PostgreSQL 12 and later, and what they return. Parameters are written `:name`. */

/**
 * Sessions by state, before anything is terminated. `hidden` are sessions whose state the database user may not see:
 * it needs `pg_read_all_stats`, which `rds_superuser` has.
 */
export const COUNT_SESSIONS = `
SELECT CASE WHEN backend_type IS NULL THEN 'hidden' ELSE coalesce(state, 'unknown') END AS state,
       CAST(count(*) AS integer) AS sessions,
       CAST(current_setting('max_connections') AS integer) AS max_connections
FROM pg_stat_activity
WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datname IS NOT NULL)
GROUP BY 1
ORDER BY 1`;

/**
 * Selects sessions that have done nothing for `:idle_seconds` and, unless `:dry_run`, terminates them, oldest first,
 * at most `:most`. Selection and termination are one statement, so what is terminated is what is idle now, not what
 * an earlier listing showed; the window left is the statement's own few milliseconds.
 *
 * Never chosen: a session that is running a statement, its own, replication and background processes (they are no
 * client backends), superusers, the users RDS keeps for itself, `:protected_users` (a JSON array of names),
 * `:protected_applications` (a JSON array of LIKE patterns), and other databases than `:database` when it is not ''.
 *
 * A session that the database user may not terminate is returned with `permitted` false and left alone: to try would
 * abort the statement half-way, after some sessions are gone. Such sessions come last and take no place from others.
 */
export const TERMINATE_IDLE_SESSIONS = `
WITH candidate AS MATERIALIZED (
  SELECT session.pid, session.usename, session.application_name, session.datname, session.state, session.state_change,
         pg_has_role('pg_signal_backend', 'USAGE') OR pg_has_role(session.usesysid, 'USAGE') AS permitted,
         count(*) OVER () AS matched
  FROM pg_stat_activity AS session
  JOIN pg_roles AS role ON role.oid = session.usesysid
  WHERE session.backend_type = 'client backend'
    AND session.state IN ('idle', 'idle in transaction', 'idle in transaction (aborted)')
    AND session.state_change <= now() - CAST(:idle_seconds AS double precision) * INTERVAL '1 second'
    AND session.pid <> pg_backend_pid()
    AND NOT role.rolsuper
    AND session.usename NOT IN ('rdsadmin', 'rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin', 'rdswriteforwarduser')
    AND (CAST(:database AS text) = '' OR session.datname = CAST(:database AS text))
    AND NOT EXISTS (
      SELECT FROM jsonb_array_elements_text(CAST(:protected_users AS jsonb)) AS protected(name)
      WHERE session.usename = protected.name)
    AND NOT EXISTS (
      SELECT FROM jsonb_array_elements_text(CAST(:protected_applications AS jsonb)) AS protected(pattern)
      WHERE session.application_name LIKE protected.pattern)
  ORDER BY permitted DESC, session.state_change, session.pid
  LIMIT CAST(:most AS bigint)
)
SELECT pid,
       CAST(usename AS text) AS usename,
       application_name,
       CAST(datname AS text) AS datname,
       state,
       CAST(floor(extract(epoch FROM now() - state_change)) AS integer) AS idle_seconds,
       CAST(matched AS integer) AS matched,
       permitted,
       CASE WHEN CAST(:dry_run AS boolean) OR NOT permitted THEN false ELSE pg_terminate_backend(pid) END AS terminated
FROM candidate
ORDER BY permitted DESC, state_change, pid`;

/** What is to be terminated. */
export interface KillRequest {
  /** True lists the sessions and terminates none. */
  dryRun: boolean;
  /** How long a session must have done nothing, in seconds. */
  idleSeconds: number;
  /** Most sessions to terminate in this run. */
  limit: number;
  /** Only sessions of this database; default every database of the server. */
  database?: string;
  /** User names that are never terminated, beside superusers and RDS's own. */
  protectedUsers?: readonly string[];
  /** LIKE patterns of application names that are never terminated: `pgAdmin%`. */
  protectedApplications?: readonly string[];
}

/** A session that was chosen. No address and no query text: they may be personal data. */
export interface Session {
  pid: number;
  user: string;
  application: string;
  database: string;
  state: string;
  /** Whole seconds in that state. */
  idleSeconds: number;
  /** False when the database user lacks the right to terminate it. */
  permitted: boolean;
  /** True when the server was told to terminate it. */
  terminated: boolean;
}

export interface KillResult {
  dryRun: boolean;
  /** The server's limit, reserved connections included. */
  maxConnections: number;
  /** Client sessions by state before the run, the function's own included. */
  connections: Record<string, number>;
  /** Sessions that met the conditions, beyond the limit too. */
  matched: number;
  terminated: number;
  /** Process ids that were to be terminated and were not: not permitted, or gone by themselves. Empty in a dry run. */
  notTerminated: number[];
  /** The first 20 chosen, the longest idle first. */
  sessions: Session[];
  /** One line for an operator. */
  message: string;
}

export const terminateParameters = (request: KillRequest) => ({
  dry_run: request.dryRun,
  idle_seconds: request.idleSeconds,
  most: request.limit,
  database: request.database ?? '',
  protected_users: JSON.stringify(request.protectedUsers ?? []),
  protected_applications: JSON.stringify(request.protectedApplications ?? []),
});
