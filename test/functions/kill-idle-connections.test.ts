import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { withPostgres } from '../../lambda/adapters/postgres.ts';
import { positional, type Query } from '../../lambda/adapters/query.ts';
import { check } from '../../lambda/functions/entrypoint.ts';
import { handler, KillEvent } from '../../lambda/functions/kill-idle-connections/handler.ts';
import { killIdleConnections } from '../../lambda/functions/kill-idle-connections/kill.ts';
import type { KillRequest } from '../../lambda/functions/kill-idle-connections/sessions.ts';
import { type SimulatedSession, SimulatedSessions, toDataApiResponse } from '../../local/service/sessions.ts';
import { type DatabaseSession, type Role, type SessionOptions, TestDatabase } from '../support/database-sessions.ts';
import { startPostgres } from '../support/postgres.ts';

const everything: KillRequest = { dryRun: false, idleSeconds: 0, limit: 1000 };

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
  const killOlderThan = async (cutoff: string, request: Partial<KillRequest> = {}) => {
    const client = await database.connect('responder');
    try {
      await client.query('BEGIN');
      const { rows } = await client.query('SELECT CAST(extract(epoch FROM now() - $1) AS float8) AS age', [cutoff]);
      const query: Query = async (sql, parameters) => {
        const { text, values } = positional(sql, parameters);
        return (await client.query(text, values)).rows;
      };
      return await killIdleConnections(query, { ...everything, idleSeconds: rows[0].age, ...request });
    } finally {
      await client.end();
    }
  };

  const now = async (): Promise<string> =>
    (await database.observer.query('SELECT CAST(clock_timestamp() AS text) AS now')).rows[0].now;

  const pids = (sessions: readonly { pid: number }[]) => sessions.map(session => session.pid).sort((a, b) => a - b);

  const expectDead = (sessions: readonly DatabaseSession[]) => Promise.all(sessions.map(session => session.ended));

  const expectAlive = async (sessions: readonly DatabaseSession[]) => {
    for (const session of sessions) expect(await session.alive(), JSON.stringify(session.options)).toBe(true);
  };

  test('idle sessions die and every other lives', async () => {
    const doomed = [
      await database.open({ state: 'idle' }),
      await database.open({ state: 'idle in transaction', user: 'batch', application: 'nightly' }),
      await database.open({ state: 'idle in transaction (aborted)', database: 'shop' }),
    ];
    const spared = [
      await database.open({ state: 'active' }),
      await database.open({ user: 'rdsadmin' }),
      await database.open({ user: database.server.superuser, application: 'psql' }),
      await database.open({ user: 'replicator', replication: true }),
    ];
    const result = await kill();

    expect(pids(result.sessions)).toEqual(pids(doomed));
    expect(result).toMatchObject({ dryRun: false, maxConnections: 60, matched: 3, terminated: 3, notTerminated: [] });
    // The observer's own session is counted with the idle ones; the function's and the busy one are active.
    expect(result.connections).toEqual({
      active: 2,
      idle: 4,
      'idle in transaction': 1,
      'idle in transaction (aborted)': 1,
    });
    expect(result.sessions).toContainEqual({
      pid: doomed[1]?.pid,
      user: 'batch',
      application: 'nightly',
      database: 'postgres',
      state: 'idle in transaction',
      idleSeconds: expect.any(Number),
      permitted: true,
      terminated: true,
    });
    expect(result.message).toBe('Terminated 3 of 3 sessions idle for 0 s or longer. 8 of 60 connections were in use.');
    await expectDead(doomed);
    await expectAlive(spared);
  });

  test('a dry run terminates nothing and reports what a run would do', async () => {
    const sessions = [await database.open(), await database.open({ state: 'idle in transaction' })];
    const result = await kill({ dryRun: true });
    expect(result).toMatchObject({ dryRun: true, matched: 2, terminated: 0, notTerminated: [] });
    expect(result.sessions.map(session => session.terminated)).toEqual([false, false]);
    expect(result.message).toMatch(/^Dry run: of 2 sessions idle for 0 s or longer, 2 would be terminated\./);
    await expectAlive(sessions);
  });

  test('a second run finds nothing left to do', async () => {
    const session = await database.open();
    expect(await kill()).toMatchObject({ matched: 1, terminated: 1 });
    await session.ended;
    const again = await kill();
    expect(again).toMatchObject({ matched: 0, terminated: 0, sessions: [] });
    expect(again.message).toMatch(/^No session is idle for 0 s or longer: nothing to terminate\. /);
  });

  test('a session that was old enough and went to work survives', async () => {
    const session = await database.open();
    expect(await kill({ dryRun: true })).toMatchObject({ matched: 1 });
    await session.busy();
    expect(await kill()).toMatchObject({ matched: 0 });
    await expectAlive([session]);
  });

  test('a session younger than the threshold survives', async () => {
    const old = await database.open();
    const cutoff = await now();
    const young = [await database.open(), await database.open({ state: 'idle in transaction' })];
    const result = await killOlderThan(cutoff);
    expect(pids(result.sessions)).toEqual([old.pid]);
    await old.ended;
    await expectAlive(young);
    expect(await kill({ idleSeconds: 86_400 })).toMatchObject({ matched: 0 });
  });

  test('the limit takes the longest idle first and counts the rest', async () => {
    const sessions = [await database.open(), await database.open(), await database.open(), await database.open()];
    const result = await kill({ limit: 2 });
    expect(result).toMatchObject({ matched: 4, terminated: 2 });
    expect(result.sessions.map(session => session.pid)).toEqual(sessions.slice(0, 2).map(session => session.pid));
    expect(result.message).toMatch(
      /^Terminated 2 of 4 sessions idle for 0 s or longer, the most one run may take being 2\./,
    );
    await expectDead(sessions.slice(0, 2));
    await expectAlive(sessions.slice(2));
  });

  test('protected users, applications and other databases are left alone', async () => {
    const doomed = await database.open({ application: 'web', database: 'shop' });
    const spared = [
      await database.open({ user: 'batch', database: 'shop' }),
      await database.open({ application: 'pgAdmin 4 - DB:shop', database: 'shop' }),
      await database.open({ database: 'postgres' }),
    ];
    const result = await kill({
      database: 'shop',
      protectedUsers: ['batch', "o'brien"],
      protectedApplications: ['pgAdmin%'],
    });
    expect(pids(result.sessions)).toEqual([doomed.pid]);
    await doomed.ended;
    await expectAlive(spared);
  });

  test('what the database user may not terminate is reported, and stops nothing else', async () => {
    const foreign = [await database.open(), await database.open()];
    const own = await database.open({ user: 'observer' });
    const dry = await kill({ dryRun: true }, 'observer');
    expect(dry.message).toMatch(
      /3 sessions idle for 0 s or longer, 1 would be terminated\. 2 may not be .* grant it pg_signal_backend\./,
    );
    const result = await kill({ limit: 2 }, 'observer');
    expect(result).toMatchObject({ matched: 3, terminated: 1, notTerminated: [foreign[0]?.pid] });
    expect(result.sessions.map(session => session.permitted)).toEqual([true, false]);
    await own.ended;
    await expectAlive(foreign);
  });

  test('sessions whose state the database user may not see are counted as hidden and left alone', async () => {
    const session = await database.open();
    const result = await kill({}, 'stranger');
    expect(result.connections).toMatchObject({ hidden: 2 });
    expect(result).toMatchObject({ matched: 0 });
    expect(result.message).toContain(
      '2 sessions hide their state from this database user: grant it pg_read_all_stats.',
    );
    await expectAlive([session]);
  });

  test('any mix of sessions: those that the conditions describe die, in order, and no other', async () => {
    const mix = fc.array(
      fc.record({
        young: fc.boolean(),
        state: fc.constantFrom('idle', 'idle in transaction', 'idle in transaction (aborted)', 'active'),
        user: fc.constantFrom('app', 'batch', 'rdsadmin', 'dba'),
        application: fc.constantFrom('web', 'pgAdmin 4', ''),
        database: fc.constantFrom('postgres', 'shop'),
      }) satisfies fc.Arbitrary<SessionOptions & { young: boolean }>,
      { maxLength: 7 },
    );
    const request = fc.record({
      dryRun: fc.boolean(),
      limit: fc.constantFrom(1, 2, 3, 100),
      database: fc.constantFrom(undefined, 'postgres', 'shop'),
      protectedUsers: fc.constantFrom<string[] | undefined>(undefined, [], ['batch']),
      protectedApplications: fc.constantFrom(undefined, ['pgAdmin%'], ['web', 'psql']),
    });
    await fc.assert(
      fc.asyncProperty(mix, request, async (options, wanted) => {
        const old = [];
        for (const option of options.filter(({ young }) => !young)) old.push(await database.open(option));
        const cutoff = await now();
        const young = [];
        for (const option of options.filter(option => option.young)) young.push(await database.open(option));

        const meant = old.filter(({ options: { state, user = '', application = '', database } }) => {
          if (state === 'active' || user === 'rdsadmin' || user === 'dba') return false;
          if (wanted.database && database !== wanted.database) return false;
          if (wanted.protectedUsers?.includes(user)) return false;
          const patterns = wanted.protectedApplications ?? [];
          return !patterns.some(
            pattern => application === pattern || (pattern === 'pgAdmin%' && application.startsWith('pgAdmin')),
          );
        });
        const chosen = meant.slice(0, wanted.limit);
        const doomed = wanted.dryRun ? [] : chosen;

        const result = await killOlderThan(cutoff, wanted);
        expect(result.matched).toBe(meant.length);
        expect(result.sessions.map(({ pid }) => pid)).toEqual(chosen.map(({ pid }) => pid));
        expect(result.sessions.filter(({ terminated }) => terminated)).toHaveLength(doomed.length);
        await expectDead(doomed);
        await expectAlive([...old, ...young].filter(session => !doomed.includes(session)));
        await database.closeAll();
      }),
      { numRuns: 25 },
    );
  });
});

describe('what the statement answers', () => {
  const count = { state: 'idle', sessions: 30, max_connections: 100 };
  const row = (pid: number, terminated: boolean) => ({
    pid,
    usename: 'app',
    application_name: 'web',
    datname: 'shop',
    state: 'idle',
    idle_seconds: 60,
    matched: 30,
    permitted: true,
    terminated,
  });

  test('a session that ended by itself is reported by its process id', async () => {
    const query: Query = async sql => (sql.includes('matched') ? [row(1, true), row(2, false)] : [count]);
    const result = await killIdleConnections(query, { ...everything, limit: 2 });
    expect(result).toMatchObject({ terminated: 1, notTerminated: [2] });
    expect(result.message).toContain('1 had already ended.');
  });

  test('the list is cut at 20 sessions, the counts are not', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => row(index + 1, true));
    const result = await killIdleConnections(async sql => (sql.includes('matched') ? rows : [count]), everything);
    expect(result.sessions).toHaveLength(20);
    expect(result.terminated).toBe(30);
  });

  test('an answer of another shape is an error, not an empty result', async () => {
    await expect(killIdleConnections(async () => [{ pid: 'x' }], everything)).rejects.toThrow();
  });
});

describe('the event', () => {
  test('takes the strings of an SSM Automation document', () => {
    expect(
      check(KillEvent, { dryRun: 'true', idleSeconds: '300', limit: '5', protectedUsers: 'batch, etl,', database: '' }),
    ).toEqual({
      dryRun: true,
      idleSeconds: 300,
      limit: 5,
      protectedUsers: ['batch', 'etl'],
      database: undefined,
    });
    expect(check(KillEvent, { dryRun: false, idleSeconds: 30 })).toMatchObject({
      dryRun: false,
      idleSeconds: 30,
      limit: 100,
    });
  });

  test.each([
    [undefined, 'dryRun: expected a value, got nothing; idleSeconds: expected a value, got nothing'],
    [null, 'event: expected Object, got null'],
    ['drop table', 'event: expected Object, got "drop table"'],
    [{}, 'dryRun: expected a value, got nothing; idleSeconds: expected a value, got nothing'],
    [{ dryRun: 'yes', idleSeconds: 60 }, 'dryRun: expected true or false, got "yes"'],
    [{ dryRun: 0, idleSeconds: 60 }, 'dryRun: expected true or false, got 0'],
    [{ dryRun: false, idleSeconds: 29 }, 'idleSeconds: expected a whole number of seconds, 30 or more, got 29'],
    [{ dryRun: false, idleSeconds: '-60' }, 'idleSeconds: expected a whole number of seconds, 30 or more, got "-60"'],
    [{ dryRun: false, idleSeconds: '' }, 'idleSeconds: expected a whole number of seconds, 30 or more, got ""'],
    [{ dryRun: false, idleSeconds: '{{ IdleSeconds }}' }, 'got "{{ IdleSeconds }}"'],
    [{ dryRun: false, idleSeconds: Number.NaN }, 'idleSeconds: expected'],
    [{ dryRun: false, idleSeconds: Number.POSITIVE_INFINITY }, 'idleSeconds: expected'],
    [{ dryRun: false, idleSeconds: 60.5 }, 'got 60.5'],
    [{ dryRun: false, idleSeconds: 60, limit: 0 }, 'limit: expected a whole number of sessions, 1 or more, got 0'],
    [{ dryRun: false, idleSeconds: 60, limit: 'all' }, 'limit: expected'],
    [{ dryRun: false, idleSeconds: 60, protectedUser: 'batch' }, 'protectedUser: there is no such field'],
    [{ dryRun: false, idleSeconds: 60, protectedUsers: 7 }, 'protectedUsers: expected user names'],
  ])('%j is refused', async (event, complaint) => {
    await expect(handler(event, {} as never)).rejects.toThrow(complaint);
  });

  test('no event makes the parser fail otherwise, or accept less than 30 seconds', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (dryRun, idleSeconds, limit) => {
        try {
          const request = check(KillEvent, { dryRun, idleSeconds, limit });
          expect(typeof request.dryRun).toBe('boolean');
          expect(request.idleSeconds).toBeGreaterThanOrEqual(30);
          expect(request.limit).toBeGreaterThanOrEqual(1);
        } catch (error) {
          expect(String(error)).toMatch(/^TypeError: this event is not understood: /);
        }
      }),
    );
  });
});

describe('the handler', () => {
  const event = { dryRun: 'false', idleSeconds: '60', limit: '10' };
  const environment = {
    DATABASE_ACCESS: 'data-api',
    CLUSTER_ARN: 'arn:aws:rds:eu-west-1:111122223333:cluster:production',
    SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database',
    DATABASE_NAME: 'postgres',
  };
  const stub = (values: Record<string, string | undefined>) => {
    for (const [name, value] of Object.entries({ ...environment, ...values })) vi.stubEnv(name, value);
  };
  afterEach(() => vi.unstubAllEnvs());

  test('terminates over the Data API and logs one line without a user or an application', async () => {
    stub({});
    const log = vi.spyOn(console, 'info').mockImplementation(() => undefined);
    const simulated = await SimulatedSessions.start();
    const session = { user: 'app', application: 'web', database: 'shop', state: 'idle', idleSeconds: 600 };
    const sessions: SimulatedSession[] = [
      { ...session, pid: 1 },
      { ...session, pid: 2, state: 'active' },
      { ...session, pid: 3, idleSeconds: 59 },
      { ...session, pid: 4, state: 'idle in transaction' },
      // Its own session can only be shown as idle by a simulation: it must be left alone all the same.
      { ...session, pid: 5, own: true },
    ];
    const terminated: number[] = [];
    mockClient(RDSDataClient)
      .on(ExecuteStatementCommand)
      .callsFake(async ({ sql, parameters }) => {
        const result = await simulated.execute(sql, parameters, sessions, 405);
        terminated.push(...result.terminatedPids);
        return toDataApiResponse(result);
      });
    const result = await handler(event, {} as never);
    await simulated.stop();
    expect(result).toMatchObject({
      maxConnections: 405,
      connections: { idle: 3, active: 1, 'idle in transaction': 1 },
      matched: 2,
      terminated: 2,
    });
    expect(terminated).toEqual([1, 4]);
    expect(log.mock.calls).toEqual([
      ['Terminated 2 of 2 sessions idle for 60 s or longer. 5 of 405 connections were in use.'],
    ]);
    log.mockRestore();
  });
});
