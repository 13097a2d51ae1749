import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { withPostgres } from '../../lambda/adapters/postgres.ts';
import { positional, type Query } from '../../lambda/adapters/query.ts';
import type { SessionReport } from '../../lambda/domain/remedies/sessions.ts';
import { killIdleConnections } from '../../lambda/runbooks/kill-idle-connections/kill.ts';
import type { KillRequest } from '../../lambda/runbooks/kill-idle-connections/sessions.ts';
import { expectAlive, expectDead, type Role, type SessionOptions, TestDatabase } from '../support/database-sessions.ts';
import { everything, nobody } from '../support/kill-request.ts';
import { startPostgres } from '../support/postgres.ts';

const LONG = 86_400;

describe('against PostgreSQL', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await TestDatabase.create(await startPostgres({ max_connections: '60' }));
  });
  afterEach(() => database.closeAll());
  afterAll(() => database?.stop());

  /** As the function runs it: its own connection, the credentials from a secret. */
  const kill = (request: Partial<KillRequest> = {}, role: Role = 'responder') => {
    const secrets = mockClient(SecretsManagerClient);
    secrets
      .on(GetSecretValueCommand)
      .resolves({ SecretString: JSON.stringify({ username: role, password: database.password }) });
    return withPostgres(
      {
        host: '127.0.0.1',
        port: database.server.port,
        database: 'postgres',
        secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database',
        ssl: false,
        secrets: new SecretsManagerClient({}),
      },
      query => killIdleConnections(query, { ...everything, ...request }),
    );
  };

  /**
   * With the clock held still by a transaction, sessions that changed state before `cutoff` are exactly those that
   * are `idleSeconds` old: ages without waiting for them.
   */
  const killOlderThan = async (
    cutoff: string,
    request: Partial<KillRequest> = {},
    threshold: 'idleSeconds' | 'idleInTransactionSeconds' = 'idleSeconds',
  ) => {
    const client = await database.connect('responder');
    try {
      await client.query('BEGIN');
      const { rows } = await client.query('SELECT CAST(extract(epoch FROM now() - $1) AS float8) AS age', [cutoff]);
      const query: Query = async (sql, parameters) => {
        const { text, values } = positional(sql, parameters);
        return (await client.query(text, values)).rows;
      };
      return await killIdleConnections(query, { ...everything, [threshold]: rows[0].age, ...request });
    } finally {
      await client.end();
    }
  };

  const now = async (): Promise<string> =>
    (await database.observer.query('SELECT CAST(clock_timestamp() AS text) AS now')).rows[0].now;

  /** Sessions spared, by reason. */
  const spared = ({ spared }: SessionReport) => Object.fromEntries(spared.map(group => [group.reason, group.sessions]));

  test('the statement ends idle sessions and no other', async () => {
    const doomed = [
      await database.open({ state: 'idle' }),
      await database.open({ state: 'idle in transaction', user: 'batch', application: 'nightly' }),
      await database.open({ state: 'idle in transaction (aborted)' }),
    ];
    const alive = [
      await database.open({ state: 'active' }),
      await database.open({ user: 'rdsadmin' }),
      await database.open({ user: database.server.superuser, application: 'psql' }),
      await database.open({ user: 'replicator', replication: true }),
      await database.open({ database: 'shop' }),
    ];
    const report = await kill();

    expect(report).toMatchObject({ verdict: 'done', dryRun: false, toEnd: 3, ended: 3 });
    // The observer's own session is counted with the idle ones; the function's and the busy one are active.
    expect(report.connections).toEqual({
      inUse: 9,
      maximum: 60,
      states: { active: 2, idle: 5, 'idle in transaction': 1, 'idle in transaction (aborted)': 1 },
    });
    expect(report.candidates).toContainEqual({
      ...{ user: 'batch', application: 'nightly', state: 'idle in transaction' },
      ...{ sessions: 1, ended: 1, idleSeconds: expect.any(Number) },
    });
    expect(report.changed).toContain('ended 1 session of nightly (user batch), idle in transaction');
    expect(spared(report)).toEqual({ 'database service': 3, replication: 1, 'other database': 1 });
    await expectDead(doomed);
    await expectAlive(alive);
  });

  test('the statement spares sessions that only look idle, and reports why', async () => {
    await database.observer.query('CREATE TABLE IF NOT EXISTS orders (id integer); GRANT ALL ON orders TO app');
    const waiting = [
      await database.open({ application: 'worker', statements: ['LISTEN orders'] }),
      await database.open({ application: 'driver', statements: ['/* kept alive */ LISTEN orders'] }),
      await database.open({ application: 'leader', statements: ['SELECT pg_advisory_lock(1)'] }),
      await database.open({ application: 'reader', statements: ['SELECT pg_advisory_lock_shared(2)', 'SELECT 1'] }),
      await database.open({ application: 'report', statements: ['CREATE TEMP TABLE found (id integer)', 'SELECT 1'] }),
      await database.open({ application: 'pgbouncer', user: 'pgbouncer' }),
      await database.open({
        application: 'checkout',
        state: 'idle in transaction',
        statements: ['INSERT INTO orders VALUES (1)', 'LOCK TABLE orders'],
      }),
    ];
    const forgotten = await database.open({ application: 'export' });
    const protect = { ...nobody, users: ['pgbouncer'] };

    for (const dryRun of [true, false]) {
      const report = await kill({ dryRun, protect, idleInTransactionSeconds: LONG });
      expect(report).toMatchObject({ verdict: 'done', toEnd: 1, ended: dryRun ? 0 : 1 });
      expect(report.candidates.map(({ application }) => application)).toEqual(['export']);
      expect(report.spared).toEqual(
        expect.arrayContaining([
          { reason: 'listen', sessions: 2, applications: expect.arrayContaining(['worker', 'driver']) },
          { reason: 'advisory lock', sessions: 2, applications: expect.arrayContaining(['leader', 'reader']) },
          { reason: 'temporary table', sessions: 1, applications: ['report'] },
          { reason: 'protected user', sessions: 1, applications: ['pgbouncer'] },
          { reason: 'open transaction', sessions: 1, applications: ['checkout'] },
        ]),
      );
    }
    await forgotten.ended;
    expect(await kill({ protect, idleInTransactionSeconds: LONG })).toMatchObject({ verdict: 'unchanged' });
    await expectAlive(waiting);
  });

  test('the statement spares a session with a temporary table, and no longer once the table is gone', async () => {
    const others = [await database.open(), await database.open()];
    const holder = await database.open({ statements: ['CREATE TEMP TABLE found (id integer)'] });
    const former = await database.open({ statements: ['CREATE TEMP TABLE found (id integer)', 'DROP TABLE found'] });
    expect(spared(await kill())).toMatchObject({ 'temporary table': 1 });
    await expectDead([...others, former]);
    await expectAlive([holder]);
  });

  test('the statement ends a session whatever it did before and does no more', async () => {
    const session = await database.open({
      statements: ['LISTEN orders', 'UNLISTEN *', 'SELECT pg_advisory_lock(1)', 'SELECT pg_advisory_unlock(1)'],
    });
    expect(await kill()).toMatchObject({ toEnd: 1 });
    await session.ended;
  });

  test('the statement spares a session that takes a lock between the dry run and the run', async () => {
    const session = await database.open();
    expect(await kill({ dryRun: true })).toMatchObject({ toEnd: 1 });
    await session.execute('SELECT pg_advisory_lock(3)');
    expect(await kill()).toMatchObject({ verdict: 'unchanged', ended: 0 });
    await expectAlive([session]);
  });

  test('the statement ends an open transaction that has been idle for the longer time', async () => {
    const old = await database.open({ state: 'idle in transaction' });
    const cutoff = await now();
    const young = await database.open({ state: 'idle in transaction' });
    const report = await killOlderThan(cutoff, {}, 'idleInTransactionSeconds');
    expect(report).toMatchObject({ toEnd: 1, ended: 1 });
    expect(spared(report)).toMatchObject({ 'open transaction': 1 });
    await old.ended;
    await expectAlive([young]);
  });

  test('the statement treats sessions from the address of RDS Proxy as its pool', async () => {
    const proxy = await database.open({ user: 'rdsproxyadmin' });
    const pooled = await database.open();
    expect(spared(await kill())).toMatchObject({ 'RDS Proxy': 1 });
    await proxy.close();
    await expectAlive([pooled]);
    expect(await kill()).toMatchObject({ ended: 1 });
  });

  test('a dry run ends nothing and reports what a run would end', async () => {
    const sessions = [await database.open(), await database.open({ state: 'idle in transaction' })];
    const report = await kill({ dryRun: true });
    expect(report).toMatchObject({ verdict: 'done', dryRun: true, toEnd: 2, ended: 0, changed: [] });
    expect(report.message).toMatch(/^Dry run: of 3 sessions idle for 0 s or longer, 2 would be ended, 1 spared\./);
    await expectAlive(sessions);
  });

  test('a second run finds nothing left to end, and says so', async () => {
    const session = await database.open();
    expect(await kill()).toMatchObject({ verdict: 'done', ended: 1 });
    await session.ended;
    expect(await kill()).toMatchObject({
      ...{ verdict: 'unchanged', ended: 0, changed: [], candidates: [] },
      reason: 'No session was ended: the one idle for 0 s or longer is spared.',
    });
    expect(await kill({ idleSeconds: LONG })).toMatchObject({
      ...{ verdict: 'unchanged', reason: 'No session has been idle for 86400 s or longer.' },
    });
  });

  test('the statement spares an old session that went to work', async () => {
    const session = await database.open();
    expect(await kill({ dryRun: true })).toMatchObject({ toEnd: 1 });
    await session.busy();
    expect(await kill()).toMatchObject({ toEnd: 0 });
    await expectAlive([session]);
  });

  test('the statement spares a session younger than the threshold', async () => {
    const old = await database.open();
    const cutoff = await now();
    const young = [await database.open(), await database.open({ state: 'idle in transaction' })];
    expect(await killOlderThan(cutoff)).toMatchObject({ toEnd: 1, ended: 1 });
    await old.ended;
    await expectAlive(young);
  });

  test('the limit ends the longest idle sessions first and counts the rest', async () => {
    const sessions = [await database.open(), await database.open(), await database.open(), await database.open()];
    const report = await kill({ limit: 2 });
    expect(report).toMatchObject({ toEnd: 2, ended: 2 });
    expect(spared(report)).toMatchObject({ limit: 2 });
    await expectDead(sessions.slice(0, 2));
    await expectAlive(sessions.slice(2));
  });

  test.each([
    ['users', ['batch', "o'brien"], 'user'],
    ['users', ['ba*'], 'user'],
    ['applications', ['pgAdmin*'], 'application'],
    ['applications', ['pgAdmin 4 - 100% _'], 'application'],
    ['addresses', ['10.0.0.0/8', '127.0.0.1'], 'address'],
    ['addresses', ['127.0.0.0/24'], 'address'],
    ['statements', ['*KEEP-ALIVE*'], 'statement'],
  ])('the statement spares protected %s %j', async (what, names, reason) => {
    const options = { user: 'batch', application: 'pgAdmin 4 - 100% _', statements: ['SELECT 1 -- keep-alive'] };
    const session = await database.open(options);
    expect(spared(await kill({ protect: { ...nobody, [what]: names } }))).toMatchObject({ [`protected ${reason}`]: 1 });
    await expectAlive([session]);
  });

  test.each([
    ['users', ['bat', '_atch', 'BATCH']],
    ['applications', ['pgAdmin', 'pgAdmin_4', '%']],
    ['addresses', ['10.0.0.0/8', '128.0.0.0/1', '::/0']],
    ['statements', ['keep-alive']],
  ])('the statement ends sessions of %s that %j does not match', async (what, names) => {
    const options = { user: 'batch', application: 'pgAdmin 4', statements: ['SELECT 1 -- keep-alive'] };
    const session = await database.open(options);
    expect(await kill({ protect: { ...nobody, [what]: names } })).toMatchObject({ ended: 1 });
    await session.ended;
  });

  test('a session that the database user may not end is reported, and the others end', async () => {
    const foreign = [await database.open(), await database.open()];
    const own = await database.open({ user: 'observer' });
    const report = await kill({ limit: 2 }, 'observer');
    expect(report).toMatchObject({ verdict: 'done', ended: 1 });
    expect(spared(report)).toMatchObject({ 'not permitted': 2 });
    await own.ended;
    expect(await kill({}, 'observer')).toMatchObject({
      ...{ verdict: 'failed', ended: 0, changed: [] },
      reason: 'The database user may not end 2 sessions: grant it pg_signal_backend.',
    });
    await expectAlive(foreign);
  });

  test('sessions whose state the database user may not see are reported as a fault and spared', async () => {
    const session = await database.open();
    const report = await kill({}, 'stranger');
    expect(report.connections.states).toMatchObject({ hidden: 2 });
    expect(report).toMatchObject({
      ...{ verdict: 'failed', toEnd: 0 },
      reason: '2 sessions hide their state from the database user: grant it pg_read_all_stats.',
    });
    await expectAlive([session]);
  });

  test('the statement ends exactly the sessions that the conditions describe, in order, in any mix', async () => {
    const mix = fc.array(
      fc.record({
        young: fc.boolean(),
        state: fc.constantFrom('idle', 'idle in transaction', 'idle in transaction (aborted)', 'active'),
        user: fc.constantFrom('app', 'batch', 'rdsadmin', 'dba'),
        application: fc.constantFrom('web', 'pgAdmin 4', ''),
        database: fc.constantFrom('postgres', 'postgres', 'shop'),
        statements: fc.constantFrom(
          ...[[], ['SELECT 1'], ['LISTEN orders'], ['LISTEN orders', 'SELECT 1']],
          ...[['SELECT pg_advisory_lock_shared(1)'], ['CREATE TEMP TABLE found (id integer)']],
        ),
      }) satisfies fc.Arbitrary<SessionOptions & { young: boolean }>,
      { maxLength: 7 },
    );
    const request = fc.record({
      dryRun: fc.boolean(),
      limit: fc.constantFrom(1, 2, 3, 100),
      idleInTransactionSeconds: fc.constantFrom(0, LONG),
      protect: fc.record({
        users: fc.constantFrom([], ['batch']),
        applications: fc.constantFrom([], ['pgAdmin*'], ['web', 'psql']),
        addresses: fc.constantFrom([], [], [], ['127.0.0.1/32']),
        statements: fc.constant([]),
      }),
    });
    await fc.assert(
      fc.asyncProperty(mix, request, async (options, wanted) => {
        const old = [];
        for (const option of options.filter(({ young }) => !young)) old.push(await database.open(option));
        const cutoff = await now();
        const young = [];
        for (const option of options.filter(option => option.young)) young.push(await database.open(option));

        const { users, applications, addresses } = wanted.protect;
        const meant = old.filter(({ options: { state, user = '', application = '', database, statements = [] } }) => {
          if (state === 'active' || user === 'rdsadmin' || user === 'dba') return false;
          if (database !== 'postgres' || users.some(name => name === user) || addresses.length > 0) return false;
          if (applications.some((pattern: string) => application.startsWith(pattern.replace('*', '')))) return false;
          if (statements.some(sql => sql.includes('pg_advisory'))) return false;
          // A table that is not committed is seen by nobody else, and ends with its transaction.
          if (state === 'idle' && statements.some(sql => sql.includes('TEMP'))) return false;
          // The last statement of an aborted transaction is the one that failed.
          if (state !== 'idle in transaction (aborted)' && statements.at(-1)?.startsWith('LISTEN')) return false;
          return state === 'idle' || wanted.idleInTransactionSeconds === 0;
        });
        const chosen = meant.slice(0, wanted.limit);
        const doomed = wanted.dryRun ? [] : chosen;

        const report = await killOlderThan(cutoff, wanted);
        expect([report.toEnd, report.ended]).toEqual([chosen.length, doomed.length]);
        expect(report.verdict).toBe(chosen.length > 0 ? 'done' : 'unchanged');
        await expectDead(doomed);
        await expectAlive([...old, ...young].filter(session => !doomed.includes(session)));
        await database.closeAll();
      }),
      { numRuns: 25 },
    );
  });
});
