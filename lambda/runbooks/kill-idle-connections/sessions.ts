/** Statements of PostgreSQL 12 and later, and their parameters, written `:name`. */

/**
 * Sessions by state, before anything is terminated. `hidden` are sessions whose state the database user may not see:
 * it needs `pg_read_all_stats`.
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
 * Judges every session that has done nothing for `:idle_seconds`, and terminates those that nothing spares, unless
 * `:dry_run`: the longest idle first, at most `:most`. A session is spared for the first reason that holds; the reasons
 * are the keys of `SPARED`.
 *
 * Judgement and termination are one statement: it decides by the sessions as they are when it runs, not by an earlier
 * listing, so a session that went to work or took a lock since a dry run lives. The window left is the statement's own
 * few milliseconds. The answer is counted by group, so its size does not grow with the number of sessions.
 *
 * - An open transaction must be idle for longer, `:idle_in_transaction_seconds`, also when others wait for its locks:
 *   being waited for does not show that its client is gone, a client that talks to another service in the middle of its
 *   transaction looks the same, and to end it rolls back work that nobody can bring back. Beyond that age its locks do
 *   more harm than the rollback. An aborted transaction gets no shorter time, as it may return to a savepoint.
 * - Temporary tables are found by the number of the backend in their schema's name. The number leads to the session
 *   from PostgreSQL 16 on; before, all sessions of the table's owner are spared. Only tables of the function's own
 *   database can be seen, hence sessions of other databases are spared.
 * - RDS Proxy opens its pooled connections as its clients' users. They come from where its own user, rdsproxyadmin,
 *   is connected from.
 * - A session that the database user may not terminate would abort the statement half-way, after some are gone.
 */
export const END_IDLE_SESSIONS = `
WITH temporary_tables AS MATERIALIZED (
  SELECT DISTINCT
    CASE WHEN CAST(current_setting('server_version_num') AS integer) >= 160000
      THEN pg_stat_get_backend_pid(CAST(substring(CAST(schema.nspname AS text) FROM '^pg_temp_(\\d+)$') AS integer))
    END AS pid,
    relation.relowner AS owner
  FROM pg_class AS relation
  JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
  WHERE relation.relpersistence = 't' AND CAST(schema.nspname AS text) ~ '^pg_temp_\\d+$'
),
advisory_locks AS MATERIALIZED (
  SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory'
),
proxies AS MATERIALIZED (
  SELECT DISTINCT client_addr FROM pg_stat_activity WHERE usename = 'rdsproxyadmin'
),
judged AS MATERIALIZED (
  SELECT session.pid, CAST(session.usename AS text) AS usename, session.application_name, session.state,
    session.state_change,
    CASE
      WHEN session.backend_type <> 'client backend' THEN 'replication'
      WHEN role.rolsuper OR session.usename IN (
        'rdsadmin', 'rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin', 'rdswriteforwarduser') THEN 'database service'
      WHEN EXISTS (
        SELECT FROM jsonb_array_elements_text(CAST(:protected_users AS jsonb)) AS protected(pattern)
        WHERE CAST(session.usename AS text) LIKE protected.pattern) THEN 'protected user'
      WHEN EXISTS (
        SELECT FROM jsonb_array_elements_text(CAST(:protected_applications AS jsonb)) AS protected(pattern)
        WHERE session.application_name LIKE protected.pattern) THEN 'protected application'
      WHEN EXISTS (
        SELECT FROM jsonb_array_elements_text(CAST(:protected_addresses AS jsonb)) AS protected(range)
        WHERE session.client_addr <<= CAST(protected.range AS inet)) THEN 'protected address'
      WHEN EXISTS (
        SELECT FROM jsonb_array_elements_text(CAST(:protected_statements AS jsonb)) AS protected(pattern)
        WHERE session.query ILIKE protected.pattern) THEN 'protected statement'
      WHEN EXISTS (SELECT FROM proxies WHERE proxies.client_addr = session.client_addr) THEN 'RDS Proxy'
      WHEN session.datname <> current_database() THEN 'other database'
      WHEN EXISTS (SELECT FROM advisory_locks WHERE advisory_locks.pid = session.pid) THEN 'advisory lock'
      WHEN EXISTS (
        SELECT FROM temporary_tables AS held
        WHERE held.pid = session.pid
           OR (held.owner = session.usesysid
               AND CAST(current_setting('server_version_num') AS integer) < 160000)) THEN 'temporary table'
      WHEN session.query ~* '(^|;|\\*/|\\n)\\s*listen\\s' THEN 'listen'
      WHEN session.state <> 'idle'
        AND session.state_change > now() - CAST(:idle_in_transaction_seconds AS double precision) * INTERVAL '1 second'
        THEN 'open transaction'
      WHEN NOT (pg_has_role('pg_signal_backend', 'USAGE') OR pg_has_role(session.usesysid, 'USAGE'))
        THEN 'not permitted'
    END AS spared
  FROM pg_stat_activity AS session
  JOIN pg_roles AS role ON role.oid = session.usesysid
  WHERE session.backend_type IN ('client backend', 'walsender')
    AND session.state IN ('idle', 'idle in transaction', 'idle in transaction (aborted)')
    AND session.state_change <= now() - CAST(:idle_seconds AS double precision) * INTERVAL '1 second'
    AND session.pid <> pg_backend_pid()
),
chosen AS MATERIALIZED (
  SELECT pid FROM judged WHERE spared IS NULL ORDER BY state_change, pid LIMIT CAST(:most AS bigint)
),
ended AS MATERIALIZED (
  SELECT pid, CASE WHEN CAST(:dry_run AS boolean) THEN false ELSE pg_terminate_backend(pid) END AS ended FROM chosen
)
SELECT CASE WHEN judged.spared IS NULL AND ended.pid IS NULL THEN 'limit' ELSE coalesce(judged.spared, '') END AS spared,
       judged.usename,
       judged.application_name,
       judged.state,
       CAST(count(*) AS integer) AS sessions,
       CAST(count(*) FILTER (WHERE ended.ended) AS integer) AS ended,
       CAST(floor(max(extract(epoch FROM now() - judged.state_change))) AS integer) AS idle_seconds
FROM judged
LEFT JOIN ended ON ended.pid = judged.pid
GROUP BY 1, 2, 3, 4
ORDER BY 1, 5 DESC, 2, 3, 4`;

/** Sessions that are never ended. In all fields but the addresses, `*` stands for any text. */
export interface Protected {
  users: readonly string[];
  applications: readonly string[];
  /** IP addresses, or ranges in CIDR notation. */
  addresses: readonly string[];
  /** The session's last statement, compared without case. */
  statements: readonly string[];
}

export interface KillRequest {
  /** True judges the sessions and terminates none. */
  dryRun: boolean;
  /** Seconds for which a session must have been idle. */
  idleSeconds: number;
  /** Seconds for which a session with an open transaction must have been idle. */
  idleInTransactionSeconds: number;
  /** Most sessions to terminate in this run. */
  limit: number;
  protect: Protected;
}

/** `*` is the only wildcard; LIKE's own wildcards are escaped. */
const likePattern = (name: string) => name.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');

export const endParameters = ({ dryRun, idleSeconds, idleInTransactionSeconds, limit, protect }: KillRequest) => ({
  dry_run: dryRun,
  idle_seconds: idleSeconds,
  idle_in_transaction_seconds: Math.max(idleSeconds, idleInTransactionSeconds),
  most: limit,
  protected_users: JSON.stringify(protect.users.map(likePattern)),
  protected_applications: JSON.stringify(protect.applications.map(likePattern)),
  protected_addresses: JSON.stringify(protect.addresses),
  protected_statements: JSON.stringify(protect.statements.map(likePattern)),
});
