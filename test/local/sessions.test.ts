import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { positional } from '../../lambda/adapters/query.ts';
import {
  COUNT_SESSIONS,
  type KillRequest,
  TERMINATE_IDLE_SESSIONS,
  terminateParameters,
} from '../../lambda/functions/kill-idle-connections/sessions.ts';
import { type SimulatedSession, SimulatedSessions, toDataApiResponse } from '../../local/service/sessions.ts';
import { type DatabaseSession, type SessionOptions, TestDatabase } from '../support/database-sessions.ts';
import { startPostgres } from '../support/postgres.ts';

const request: KillRequest = { dryRun: false, idleSeconds: 60, limit: 100 };

const session = (pid: number, values: Partial<SimulatedSession> = {}): SimulatedSession => ({
  pid,
  user: 'app',
  application: 'web',
  database: 'shop',
  state: 'idle',
  idleSeconds: 600,
  ...values,
});

let simulated: SimulatedSessions;
beforeAll(async () => {
  simulated = await SimulatedSessions.start();
});
afterAll(() => simulated?.stop());

const terminate = (sessions: SimulatedSession[], values: Partial<KillRequest> = {}) =>
  simulated.execute(TERMINATE_IDLE_SESSIONS, terminateParameters({ ...request, ...values }), sessions, 405);

describe('simulated sessions', () => {
  test('the longest idle are terminated first, whatever their order', async () => {
    const { terminatedPids, rows } = await terminate([
      session(1, { idleSeconds: 61 }),
      session(2, { idleSeconds: 900 }),
      session(3, { idleSeconds: 300.5 }),
      session(4, { idleSeconds: 59.999 }),
    ]);
    expect(terminatedPids).toEqual([2, 3, 1]);
    expect(rows.map(row => [row['pid'], row['idle_seconds']])).toEqual([
      [2, 900],
      [3, 300],
      [1, 61],
    ]);
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
    const { rows, columns, terminatedPids } = await simulated.execute(COUNT_SESSIONS, {}, sessions, 405);
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
    const parameters = Object.entries(terminateParameters(request)).map(([name, value]) => ({
      name,
      value:
        typeof value === 'boolean'
          ? { booleanValue: value }
          : typeof value === 'number'
            ? { longValue: value }
            : { stringValue: value },
    }));
    const { terminatedPids } = await simulated.execute(TERMINATE_IDLE_SESSIONS, parameters, [session(1)], 405);
    expect(terminatedPids).toEqual([1]);
  });

  test('what is not simulated is refused', async () => {
    const run = (sql: string) => simulated.execute(sql, {}, [session(1)], 405);
    await expect(run('SELECT query FROM pg_stat_activity')).rejects.toThrow('column "query" does not exist');
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
           backend_type AS "backendType", coalesce(rolsuper, false) AS superuser, pid = pg_backend_pid() AS own
    FROM pg_stat_activity LEFT JOIN pg_roles ON pg_roles.oid = usesysid ORDER BY pid`;

  test('give the same answer to the same statement for any mix of sessions', async () => {
    const mix = fc.array(
      fc.record({
        state: fc.constantFrom('idle', 'idle in transaction', 'idle in transaction (aborted)', 'active'),
        user: fc.constantFrom('app', 'batch', 'rdsadmin', 'dba'),
        application: fc.constantFrom('web', 'pgAdmin 4', ''),
        database: fc.constantFrom('postgres', 'shop'),
      }) satisfies fc.Arbitrary<SessionOptions>,
      { minLength: 1, maxLength: 7 },
    );
    const requests = fc.record({
      dryRun: fc.boolean(),
      limit: fc.constantFrom(1, 2, 3, 100),
      database: fc.constantFrom(undefined, 'shop'),
      protectedUsers: fc.constantFrom(undefined, ['batch']),
      protectedApplications: fc.constantFrom(undefined, ['pgAdmin%', 'nothing']),
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
            [TERMINATE_IDLE_SESSIONS, terminateParameters({ ...wanted, idleSeconds: threshold })],
          ] as const) {
            const { text, values } = positional(sql, parameters);
            const real = await client.query(text, values);
            const { rows, terminatedPids } = await simulated.execute(sql, parameters, sessions, 60);
            expect(rows).toEqual(real.rows);
            expect(terminatedPids).toEqual(real.rows.filter(row => row.terminated).map(row => row.pid));
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
