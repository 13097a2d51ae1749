import { PGlite, types } from '@electric-sql/pglite';
import { SERVER_ANSWERS } from './server-answers.ts';

/** A session of the simulated database, as `pg_stat_activity` shows one. */
export interface SimulatedSession {
  pid: number;
  user: string;
  application: string;
  database: string;
  /** `idle`, `idle in transaction`, `active`, …; null for processes that have none. */
  state: string | null;
  /** Seconds in that state, fractions included. */
  idleSeconds: number;
  /** Default `client backend`. */
  backendType?: string;
  /** Default: true for `rdsadmin`. */
  superuser?: boolean;
  /** True for the session that executes the statement. Default: none of them. */
  own?: boolean;
  /** The last statement. Default: ''. */
  statement?: string;
  /** The client's IP address; null over a socket of the machine. Default: null. */
  address?: string | null;
  /** Default: false. */
  advisoryLock?: boolean;
  /** Default: false. */
  temporaryTable?: boolean;
}

export interface SimulatedServer {
  maxConnections: number;
  /** The database that the statement is executed in. */
  database: string;
  /** The server's `server_version_num`. Default: 170004. */
  version?: number;
  /** A reader, or a writer that accepts no writes: every transaction is read-only. Default: false. */
  inRecovery?: boolean;
  /** `default_transaction_read_only` of the user. Default: false. */
  readOnlyByDefault?: boolean;
}

/** A parameter as the RDS Data API takes it. */
export interface SimulatedParameter {
  name?: string;
  value?: {
    stringValue?: string;
    longValue?: number;
    doubleValue?: number;
    booleanValue?: boolean;
    isNull?: boolean;
  };
}

type Value = string | number | boolean | null;

export interface SimulatedResult {
  /** In the statement's order, by column name. */
  rows: Record<string, unknown>[];
  columns: { name: string; dataTypeID: number }[];
  /** Sessions that the statement terminated, in the order it did. */
  terminatedPids: number[];
}

// The catalogue the statements read, in a schema that is searched before pg_catalog. What is missing here fails as an
// unknown column or, of a setting, as an unknown setting: nothing is silently answered from PGlite itself.
const CATALOGUE = `
CREATE SCHEMA simulation;
CREATE TABLE simulation.server (
  own_pid integer, max_connections integer, database name, version integer, in_recovery boolean, by_default boolean);
CREATE TABLE simulation.session (
  pid integer PRIMARY KEY, usename name, application_name text, datname name, state text, idle_seconds double precision,
  backend_type text, rolsuper boolean, query text, client_addr inet, advisory_lock boolean, temporary_table boolean,
  terminated integer);
CREATE SEQUENCE simulation.termination;
CREATE VIEW simulation.pg_roles AS
  SELECT CAST(dense_rank() OVER (ORDER BY usename) + 100000 AS oid) AS oid, usename AS rolname, bool_or(rolsuper) AS rolsuper
  FROM simulation.session WHERE usename IS NOT NULL GROUP BY usename;
CREATE VIEW simulation.pg_stat_activity AS
  SELECT pid, role.oid AS usesysid, usename, application_name, datname, state,
    now() - idle_seconds * INTERVAL '1 second' AS state_change, backend_type, query, client_addr
  FROM simulation.session LEFT JOIN simulation.pg_roles AS role ON role.rolname = usename WHERE terminated IS NULL;
CREATE VIEW simulation.pg_locks AS
  SELECT 'advisory' AS locktype, pid FROM simulation.session WHERE advisory_lock AND terminated IS NULL;
CREATE VIEW simulation.pg_namespace AS
  SELECT CAST(pid AS oid) AS oid, CAST('pg_temp_' || pid AS name) AS nspname
  FROM simulation.session, simulation.server WHERE temporary_table AND terminated IS NULL AND datname = database;
CREATE VIEW simulation.pg_class AS
  SELECT CAST(pid AS oid) AS relnamespace, usesysid AS relowner, 't' AS relpersistence
  FROM simulation.pg_stat_activity JOIN simulation.session USING (pid) WHERE temporary_table;
CREATE FUNCTION simulation.pg_stat_get_backend_pid(number integer) RETURNS integer STABLE LANGUAGE sql
  AS 'SELECT pid FROM simulation.session WHERE pid = number AND terminated IS NULL';
CREATE FUNCTION simulation.current_database() RETURNS name STABLE LANGUAGE sql
  AS 'SELECT database FROM simulation.server';
CREATE FUNCTION simulation.pg_backend_pid() RETURNS integer STABLE LANGUAGE sql
  AS 'SELECT own_pid FROM simulation.server';
CREATE FUNCTION simulation.current_setting(name text) RETURNS text STABLE LANGUAGE plpgsql AS $$
  BEGIN
    IF name = 'max_connections' THEN RETURN (SELECT max_connections FROM simulation.server); END IF;
    IF name = 'server_version_num' THEN RETURN (SELECT version FROM simulation.server); END IF;
    IF name = 'default_transaction_read_only' THEN
      RETURN (SELECT CASE WHEN by_default THEN 'on' ELSE 'off' END FROM simulation.server);
    END IF;
    IF name = 'transaction_read_only' THEN
      RETURN (SELECT CASE WHEN by_default OR in_recovery THEN 'on' ELSE 'off' END FROM simulation.server);
    END IF;
    RAISE 'The simulated database has no setting %', name;
  END $$;
CREATE FUNCTION simulation.pg_is_in_recovery() RETURNS boolean STABLE LANGUAGE sql
  AS 'SELECT in_recovery FROM simulation.server';
CREATE FUNCTION simulation.pg_terminate_backend(target integer) RETURNS boolean VOLATILE LANGUAGE plpgsql AS $$
  BEGIN
    IF (SELECT rolsuper FROM simulation.session WHERE pid = target) THEN
      RAISE 'permission denied to terminate process' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE simulation.session SET terminated = nextval('simulation.termination') WHERE pid = target AND terminated IS NULL;
    RETURN FOUND;
  END $$;
`;

// Thousands of rows, of which COPY takes half the time of an INSERT.
const ADD_SESSIONS = `COPY simulation.session (pid, usename, application_name, datname, state, idle_seconds, backend_type,
  rolsuper, query, client_addr, advisory_lock, temporary_table) FROM '/dev/blob'`;

const plain = ({ name, value }: SimulatedParameter): [string, Value] => [
  name ?? '',
  value?.booleanValue ?? value?.longValue ?? value?.doubleValue ?? value?.stringValue ?? null,
];

// Quoted text, line comments and the `::` of a cast are matched first, so that a colon in them is not taken for a parameter.
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|::|:([a-z_]\w*)/gi;

const positional = (sql: string, parameters: Record<string, Value>) => {
  const names: string[] = [];
  const text = sql.replace(TOKEN, (token, name: string | undefined) => {
    if (name === undefined) return token;
    if (!Object.hasOwn(parameters, name)) throw new Error(`Cannot find parameter: ${name}`);
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text, values: names.map(name => parameters[name] ?? null) };
};

/**
 * Executes the statement that would go to the database, unchanged, in an embedded PostgreSQL whose `pg_stat_activity`
 * holds simulated sessions. No session is kept between calls, so the same input has the same answer.
 */
export class SimulatedSessions {
  /** Takes seconds to start, so that it waits for the first statement that needs it. */
  #database: Promise<PGlite> | undefined;
  /** Answers without sessions: they are of the server alone. */
  readonly #ofServer = new Map<string, SimulatedResult>();

  /** Begins to start the database, for who knows that a statement will come. */
  start(): void {
    this.#database ??= start();
  }

  /** Rejects with PostgreSQL's own error, or when a parameter of the statement is missing. */
  async execute(
    sql: string,
    parameters: readonly SimulatedParameter[] | Record<string, Value>,
    sessions: readonly SimulatedSession[],
    server: SimulatedServer,
  ): Promise<SimulatedResult> {
    if (sessions.length > 0) return this.ask(sql, parameters, sessions, server);
    const ofServer = SERVER_ANSWERS[sql];
    if (ofServer) return ofServer(server);
    const key = JSON.stringify([sql, parameters, server]);
    const result = this.#ofServer.get(key) ?? (await this.ask(sql, parameters, sessions, server));
    this.#ofServer.set(key, result);
    return result;
  }

  /** Executes the statement in PostgreSQL, whatever is known of it. */
  async ask(
    sql: string,
    parameters: readonly SimulatedParameter[] | Record<string, Value>,
    sessions: readonly SimulatedSession[],
    { maxConnections, database, version = 170_004, inRecovery = false, readOnlyByDefault = false }: SimulatedServer,
  ): Promise<SimulatedResult> {
    const named = Array.isArray(parameters) ? Object.fromEntries(parameters.map(plain)) : parameters;
    const { text, values } = positional(sql, named as Record<string, Value>);
    // One transaction, so that now() is the same for the sessions' ages and for the statement.
    this.start();
    return (await (this.#database as Promise<PGlite>)).transaction(async transaction => {
      // Empty files of its own, which go with the transaction: rows that are only rolled back stay, and slow all later ones.
      await transaction.exec('TRUNCATE simulation.server, simulation.session');
      await transaction.query('INSERT INTO simulation.server VALUES ($1, $2, $3, $4, $5, $6)', [
        sessions.find(session => session.own)?.pid ?? 0,
        maxConnections,
        database,
        version,
        inRecovery,
        readOnlyByDefault,
      ]);
      await transaction.query(ADD_SESSIONS, [], { blob: new Blob(sessions.map(line)) });
      await transaction.exec('SET LOCAL search_path = simulation, pg_catalog');
      const { rows, fields } = await transaction.query<Record<string, unknown>>(text, values);
      const terminated = await transaction.query<{ pid: number }>(
        'SELECT pid FROM simulation.session WHERE terminated IS NOT NULL ORDER BY terminated',
      );
      await transaction.rollback();
      return {
        rows,
        columns: fields.map(({ name, dataTypeID }) => ({ name, dataTypeID })),
        terminatedPids: terminated.rows.map(({ pid }) => pid),
      };
    });
  }

  async stop(): Promise<void> {
    await (await this.#database)?.close();
  }
}

async function start(): Promise<PGlite> {
  const database = await PGlite.create();
  await database.exec(CATALOGUE);
  return database;
}

/** A session as a line of COPY's text format. */
const line = (session: SimulatedSession): string =>
  `${[
    session.pid,
    session.user,
    session.application,
    session.database,
    session.state,
    session.idleSeconds,
    session.backendType ?? 'client backend',
    session.superuser ?? session.user === 'rdsadmin',
    session.statement ?? '',
    session.address ?? null,
    session.advisoryLock ?? false,
    session.temporaryTable ?? false,
  ]
    .map(field)
    .join('\t')}\n`;

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const field = (value: string | number | boolean | null): string =>
  value === null ? '\\N' : String(value).replace(/[\\\t\n\r]/g, sign => ESCAPES[sign] ?? sign);

/** The result as the Data API's ExecuteStatement returns it with `includeResultMetadata`. */
export const toDataApiResponse = ({ rows, columns }: Pick<SimulatedResult, 'rows' | 'columns'>) => ({
  columnMetadata: columns.map(({ name }) => ({ name, label: name })),
  records: rows.map(row =>
    columns.map(({ name, dataTypeID }) => {
      const value = row[name];
      if (value === null || value === undefined) return { isNull: true };
      if (typeof value === 'boolean') return { booleanValue: value };
      if (typeof value === 'number') {
        return dataTypeID === types.FLOAT4 || dataTypeID === types.FLOAT8
          ? { doubleValue: value }
          : { longValue: value };
      }
      return { stringValue: String(value) };
    }),
  ),
});
