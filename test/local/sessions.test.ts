import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { positional } from '../../lambda/adapters/query.ts';
import { ASK_WRITER } from '../../lambda/domain/diagnosis/writer.ts';
import {
  COUNT_SESSIONS,
  END_IDLE_SESSIONS,
  endParameters,
  type KillRequest,
} from '../../lambda/runbooks/kill-idle-connections/sessions.ts';
import { SERVER_ANSWERS } from '../../local/service/server-answers.ts';
import { type SimulatedSession, SimulatedSessions, toDataApiResponse } from '../../local/service/sessions.ts';
import { type DatabaseSession, type SessionOptions, TestDatabase } from '../support/database-sessions.ts';
import { startPostgres } from '../support/postgres.ts';

const nobody = { users: [], applications: [], addresses: [], statements: [] };
const request: KillRequest = {
  ...{ dryRun: false, idleSeconds: 60, idleInTransactionSeconds: 300, limit: 100 },
  protect: nobody,
};
const server = { maxConnections: 405, database: 'shop' };

const session = (pid: number, values: Partial<SimulatedSession> = {}): SimulatedSession => ({
  pid,
  user: 'app',
  application: 'web',
  database: 'shop',
  state: 'idle',
  idleSeconds: 600,
  ...values,
});

const simulated = new SimulatedSessions();
afterAll(() => simulated.stop());

const terminate = (sessions: SimulatedSession[], values: Partial<KillRequest> = {}, version = 170_004) =>
  simulated.execute(END_IDLE_SESSIONS, endParameters({ ...request, ...values }), sessions, { ...server, version });

/** Sessions that are spared, by reason: the application is the session's number. */
const spared = (rows: Record<string, unknown>[]) =>
  Object.fromEntries(rows.filter(row => row['spared'] !== '').map(row => [row['application_name'], row['spared']]));

describe('simulated sessions', () => {
  test.for([
    { inRecovery: false, readOnlyByDefault: false },
    { inRecovery: false, readOnlyByDefault: true },
    { inRecovery: true, readOnlyByDefault: false },
    { inRecovery: true, readOnlyByDefault: true },
  ])('need no PostgreSQL to know the writer: %o', async settings => {
    expect(Object.keys(SERVER_ANSWERS)).toEqual([ASK_WRITER]);
    const state = { ...server, ...settings };
    const answered = await simulated.execute(ASK_WRITER, {}, [], state);
    expect(answered).toEqual(await simulated.ask(ASK_WRITER, {}, [], state));
  });

  test('statements and names arrive as they are, whatever characters they have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom('\\', '\t', '\n', '\r', 'N', '.', "'", 'ü') }), async text => {
        const { rows } = await simulated.execute(
          'SELECT query, application_name FROM pg_stat_activity',
          {},
          [session(1, { statement: text, application: text })],
          server,
        );
        expect(rows).toEqual([{ query: text, application_name: text }]);
      }),
      { numRuns: 30 },
    );
  });

  test('the longest idle are terminated first, whatever their order', async () => {
    const { terminatedPids } = await terminate([
      session(1, { idleSeconds: 61 }),
      session(2, { idleSeconds: 900 }),
      session(3, { idleSeconds: 300.5 }),
      session(4, { idleSeconds: 59.999 }),
    ]);
    expect(terminatedPids).toEqual([2, 3, 1]);
  });

  test('its own session, superusers, RDS, replication and busy sessions are never terminated', async () => {
    const { terminatedPids } = await terminate([
      session(1, { own: true }),
      session(2, { superuser: true, user: 'dba' }),
      session(3, { user: 'rdsadmin' }),
      session(4, { user: 'rdsadmin', superuser: false }),
      session(5, { user: 'rdsrepladmin' }),
      session(6, { backendType: 'walsender' }),
      session(7, { backendType: 'autovacuum launcher', state: null }),
      session(8, { state: 'active' }),
      session(9, { state: 'fastpath function call' }),
      session(10),
    ]);
    expect(terminatedPids).toEqual([10]);
  });

  const numbered = (sessions: Partial<SimulatedSession>[]) =>
    sessions.map((values, i) => session(i + 1, { application: String(i + 1), ...values }));

  test('what only looks idle is spared, for the first reason that holds', async () => {
    const { terminatedPids, rows } = await terminate(
      numbered([
        { state: 'idle in transaction', idleSeconds: 299 },
        { state: 'idle in transaction', idleSeconds: 301 },
        { statement: 'LISTEN orders' },
        { statement: 'begin; listen orders; commit' },
        { statement: 'SELECT * FROM listen_again' },
        { temporaryTable: true },
        { advisoryLock: true, temporaryTable: true },
        { database: 'other', temporaryTable: true },
        { backendType: 'walsender' },
      ]),
    );
    expect(terminatedPids).toEqual([5, 2]);
    expect(spared(rows)).toEqual({
      ...{ 1: 'open transaction', 3: 'listen', 4: 'listen', 6: 'temporary table', 7: 'advisory lock' },
      ...{ 8: 'other database', 9: 'replication' },
    });
  });

  test('addresses are protected, one by one and by range, and where RDS Proxy comes from is its pool', async () => {
    const sessions = numbered([
      { address: '10.0.4.17' },
      { address: '10.0.5.1' },
      { address: '10.0.6.1' },
      { address: '2001:db8::7' },
      { address: null },
      { address: '10.0.9.9' },
      { address: '10.0.9.9', user: 'rdsproxyadmin', state: 'active' },
    ]);
    const addresses = ['10.0.4.17', '10.0.5.0/24', '2001:db8::/32'];
    const { terminatedPids, rows } = await terminate(sessions, { protect: { ...nobody, addresses } });
    expect(terminatedPids).toEqual([3, 5]);
    const protectedAddress = 'protected address';
    expect(spared(rows)).toEqual({ 1: protectedAddress, 2: protectedAddress, 4: protectedAddress, 6: 'RDS Proxy' });
  });

  test('before PostgreSQL 16, which does not tell the session of a temporary table, all of its owner are spared', async () => {
    const sessions = numbered([{ temporaryTable: true }, {}, { user: 'batch' }]);
    expect((await terminate(sessions, {}, 150_008)).terminatedPids).toEqual([3]);
    expect((await terminate(sessions, {}, 160_000)).terminatedPids).toEqual([2, 3]);
  });

  test('nothing is kept: the same input has the same answer', async () => {
    const sessions = [session(1), session(2, { state: 'idle in transaction' }), session(3, { state: 'active' })];
    const first = await terminate(sessions);
    expect(await terminate(sessions)).toEqual(first);
    expect(await terminate([])).toMatchObject({ rows: [], terminatedPids: [] });
  });

  test('sessions are counted by state, against the limit given', async () => {
    const sessions = [
      session(1),
      session(2),
      session(3, { state: 'active' }),
      session(4, { backendType: 'walsender' }),
    ];
    const { rows, columns, terminatedPids } = await simulated.execute(COUNT_SESSIONS, {}, sessions, server);
    expect(rows).toEqual([
      { state: 'active', sessions: 1, max_connections: 405 },
      { state: 'idle', sessions: 2, max_connections: 405 },
    ]);
    expect(terminatedPids).toEqual([]);
    expect(toDataApiResponse({ rows, columns })).toEqual({
      columnMetadata: ['state', 'sessions', 'max_connections'].map(name => ({ name, label: name })),
      records: [
        [{ stringValue: 'active' }, { longValue: 1 }, { longValue: 405 }],
        [{ stringValue: 'idle' }, { longValue: 2 }, { longValue: 405 }],
      ],
    });
  });

  test('the parameters of the Data API are understood', async () => {
    const parameters = Object.entries(endParameters(request)).map(([name, value]) => ({
      name,
      value:
        typeof value === 'boolean'
          ? { booleanValue: value }
          : typeof value === 'number'
            ? { longValue: value }
            : { stringValue: value },
    }));
    const { terminatedPids } = await simulated.execute(END_IDLE_SESSIONS, parameters, [session(1)], server);
    expect(terminatedPids).toEqual([1]);
  });

  test('what is not simulated is refused', async () => {
    const run = (sql: string) => simulated.execute(sql, {}, [session(1)], server);
    await expect(run('SELECT xact_start FROM pg_stat_activity')).rejects.toThrow('column "xact_start" does not exist');
    await expect(run("SELECT current_setting('work_mem')")).rejects.toThrow('no setting work_mem');
    await expect(run('SELECT :pid')).rejects.toThrow('Cannot find parameter: pid');
    // A refusal leaves nothing behind.
    expect((await terminate([session(1)])).terminatedPids).toEqual([1]);
  });
});

describe('the simulation and PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.create(await startPostgres({ max_connections: '60' }));
  });
  afterEach(() => database.closeAll());
  afterAll(() => database?.stop());

  // Everything the server knows of its sessions, as the simulation takes it. Within a transaction neither the clock
  // nor the picture of the sessions moves, so both executions judge the same ones.
  const PICTURE = `
    SELECT pid, CAST(usename AS text) AS user, application_name AS application, CAST(datname AS text) AS database, state,
           CAST(coalesce(extract(epoch FROM now() - state_change), 0) AS float8) AS "idleSeconds",
           backend_type AS "backendType", coalesce(rolsuper, false) AS superuser, pid = pg_backend_pid() AS own,
           query AS statement, host(client_addr) AS address,
           pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory') AS "advisoryLock",
           pid IN (SELECT pg_stat_get_backend_pid(CAST(substr(nspname, 9) AS integer))
                   FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                   WHERE nspname ~ '^pg_temp_') AS "temporaryTable"
    FROM pg_stat_activity LEFT JOIN pg_roles ON pg_roles.oid = usesysid ORDER BY pid`;

  test('give the same answer to the same statement for any mix of sessions', async () => {
    const mix = fc.array(
      fc.record({
        state: fc.constantFrom('idle', 'idle in transaction', 'idle in transaction (aborted)', 'active'),
        user: fc.constantFrom('app', 'batch', 'rdsadmin', 'dba'),
        application: fc.constantFrom('web', 'pgAdmin 4', ''),
        database: fc.constantFrom('postgres', 'postgres', 'shop'),
        statements: fc.constantFrom(
          ...[[], ['SELECT 1'], ['LISTEN orders'], ['LISTEN orders', 'SELECT 1'], ['SELECT 1; listen orders']],
          ...[['SELECT pg_advisory_lock_shared(1)'], ['CREATE TEMP TABLE found (id integer)']],
        ),
      }) satisfies fc.Arbitrary<SessionOptions>,
      { minLength: 1, maxLength: 7 },
    );
    const requests = fc.record({
      dryRun: fc.boolean(),
      limit: fc.constantFrom(1, 2, 3, 100),
      idleInTransactionSeconds: fc.constantFrom(0, 86_400),
      protect: fc.record({
        users: fc.constantFrom([], ['batch']),
        applications: fc.constantFrom([], ['pgAdmin*', 'nothing']),
        addresses: fc.constantFrom([], [], ['127.0.0.0/8'], ['10.0.0.0/8']),
        statements: fc.constantFrom([], ['*ROLLBACK', 'select 1']),
      }),
    });
    await fc.assert(
      fc.asyncProperty(mix, requests, fc.nat({ max: 6 }), async (options, wanted, from) => {
        const opened: DatabaseSession[] = [];
        for (const option of options) opened.push(await database.open(option));
        const client = await database.connect('responder');
        try {
          await client.query('BEGIN');
          const { rows: sessions } = await client.query<SimulatedSession>(PICTURE);
          // The age of one of them is the threshold, so that some are older, one just old enough, and some younger.
          const threshold = sessions.find(({ pid }) => pid === opened[from % opened.length]?.pid)?.idleSeconds ?? 0;
          for (const [sql, parameters] of [
            [COUNT_SESSIONS, {}],
            [END_IDLE_SESSIONS, endParameters({ ...wanted, idleSeconds: threshold })],
          ] as const) {
            const { text, values } = positional(sql, parameters);
            const real = await client.query(text, values);
            const { rows, terminatedPids } = await simulated.execute(sql, parameters, sessions, {
              ...{ maxConnections: 60, database: 'postgres' },
            });
            expect(rows).toEqual(real.rows);
            const dead = opened.filter(({ pid }) => terminatedPids.includes(pid));
            expect(dead).toHaveLength(terminatedPids.length);
            await Promise.all(dead.map(({ ended }) => ended));
          }
        } finally {
          await client.end();
          await database.closeAll();
        }
      }),
      { numRuns: 25 },
    );
  });
});
