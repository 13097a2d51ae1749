import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Query } from '../../lambda/adapters/query.ts';
import { readSessionReport, type SessionReport, sessionLines } from '../../lambda/domain/remedies/sessions.ts';
import { handler, KillEvent } from '../../lambda/runbooks/kill-idle-connections/handler.ts';
import { killIdleConnections } from '../../lambda/runbooks/kill-idle-connections/kill.ts';
import { check } from '../../lambda/runtime/entrypoint.ts';
import { type SimulatedSession, SimulatedSessions, toDataApiResponse } from '../../local/service/sessions.ts';
import { everything, nobody } from '../support/kill-request.ts';
import { useSilence } from '../support/responder.ts';

describe('the answer of the statement', () => {
  const count = { state: 'idle', sessions: 30, max_connections: 100 };
  const row = (values: object) => ({
    ...{ spared: '', usename: 'app', application_name: 'web', state: 'idle', sessions: 1, ended: 1, idle_seconds: 60 },
    ...values,
  });
  const answering =
    (...rows: object[]): Query =>
    async sql =>
      (sql.includes('judged') ? rows : [count]) as Record<string, unknown>[];

  test('counts as no change when all sessions ended by themselves', async () => {
    const report = await killIdleConnections(answering(row({ ended: 0, sessions: 2 })), everything);
    expect(report).toMatchObject({
      ...{ verdict: 'unchanged', ended: 0, changed: [] },
      reason: '2 sessions had already ended by the time of the run.',
    });
  });

  test('makes a short report that shows none of thousands of names and addresses', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [
      row({ application_name: `app - 10.1.${i >> 8}.${i & 255}:5${i}`, usename: `customer-${i}@example.com` }),
      row({ application_name: `web [2001:db8::${i.toString(16)}]:80`, spared: 'advisory lock', ended: 0 }),
      row({ application_name: '\u0007'.repeat(60), spared: 'listen', ended: 0 }),
    ]).flat();
    const report = await killIdleConnections(answering(...rows), everything);
    expect(report).toMatchObject({ toEnd: 3000, ended: 3000 });
    expect(JSON.stringify(report).length).toBeLessThan(4000);
    expect(sessionLines(report).join('\n').length).toBeLessThan(3000);
    expect(JSON.stringify(report)).not.toMatch(/10\.1\.|2001:db8|\\u0007/);
  });

  test('may have ended some sessions when it failed on its way', async () => {
    const broken: Query = async sql => {
      if (sql.includes('judged')) throw new Error('The connection is lost');
      return [count];
    };
    await expect(killIdleConnections(broken, everything)).rejects.toThrow(
      'The connection is lost. Some sessions may have been ended.',
    );
  });

  test('is an error, not an empty result, when its shape is unknown', async () => {
    await expect(killIdleConnections(async () => [{ pid: 'x' }], everything)).rejects.toThrow();
  });
});

describe('the event', () => {
  const given = { dryRun: false, idleSeconds: 60, idleInTransactionSeconds: 900, limit: 100 };

  test('may have the strings of an SSM Automation document', () => {
    expect(
      check(KillEvent, { dryRun: 'true', idleSeconds: '300', idleInTransactionSeconds: '900', limit: '5' }),
    ).toEqual({ dryRun: true, idleSeconds: 300, idleInTransactionSeconds: 900, limit: 5 });
    expect(check(KillEvent, given)).toEqual(given);
  });

  test.each([
    [undefined, 'dryRun: expected a value, got nothing; idleSeconds: expected a value, got nothing'],
    [null, 'event: expected Object, got null'],
    ['drop table', 'event: expected Object, got "drop table"'],
    [{}, 'limit: expected a value, got nothing'],
    [{ ...given, dryRun: 'yes' }, 'dryRun: expected true or false, got "yes"'],
    [{ ...given, dryRun: 0 }, 'dryRun: expected true or false, got 0'],
    [{ ...given, idleSeconds: 29 }, 'idleSeconds: expected a whole number of seconds, 30 or more, got 29'],
    [{ ...given, idleSeconds: '-60' }, 'idleSeconds: expected a whole number of seconds, 30 or more, got "-60"'],
    [{ ...given, idleSeconds: '' }, 'idleSeconds: expected a whole number of seconds, 30 or more, got ""'],
    [{ ...given, idleSeconds: '{{ IdleSeconds }}' }, 'got "{{ IdleSeconds }}"'],
    [{ ...given, idleSeconds: Number.NaN }, 'idleSeconds: expected'],
    [{ ...given, idleSeconds: Number.POSITIVE_INFINITY }, 'idleSeconds: expected'],
    [{ ...given, idleSeconds: 60.5 }, 'got 60.5'],
    [{ ...given, idleInTransactionSeconds: 29 }, 'idleInTransactionSeconds: expected a whole number of seconds'],
    [{ ...given, limit: 0 }, 'limit: expected a whole number of sessions, 1 or more, got 0'],
    [{ ...given, limit: 'all' }, 'limit: expected'],
    [{ ...given, protectedUsers: [] }, 'protectedUsers: there is no such field'],
  ])('%j is refused', async (event, complaint) => {
    await expect(handler(event, {} as never)).rejects.toThrow(complaint);
  });

  test('makes the parser fail in no other way, and never yields less than 30 seconds', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (dryRun, idleSeconds, limit) => {
        try {
          const request = check(KillEvent, { ...given, dryRun, idleSeconds, limit });
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
  const event = { dryRun: 'false', idleSeconds: '60', idleInTransactionSeconds: '300', limit: '10' };
  const environment = {
    DATABASE_ACCESS: 'data-api',
    CLUSTER_ARN: 'arn:aws:rds:eu-west-1:111122223333:cluster:production',
    SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database',
    DATABASE_NAME: 'shop',
    PROTECTED: JSON.stringify({ ...nobody, applications: ['etl-*'] }),
  };
  const stub = (values: Record<string, string | undefined> = {}) => {
    for (const [name, value] of Object.entries({ ...environment, ...values })) vi.stubEnv(name, value);
  };
  useSilence();

  test('ends sessions over the Data API and logs one line without a user or an application', async () => {
    stub();
    const simulated = new SimulatedSessions();
    const session = { user: 'app', application: 'web', database: 'shop', state: 'idle', idleSeconds: 600 };
    const sessions: SimulatedSession[] = [
      { ...session, pid: 1 },
      { ...session, pid: 2, state: 'active' },
      { ...session, pid: 3, idleSeconds: 59 },
      { ...session, pid: 4, state: 'idle in transaction' },
      // Its own session can only be shown as idle by a simulation: it must be left alone all the same.
      { ...session, pid: 5, own: true },
      { ...session, pid: 6, application: 'etl-nightly' },
    ];
    const terminated: number[] = [];
    mockClient(RDSDataClient)
      .on(ExecuteStatementCommand)
      .callsFake(async ({ sql, parameters, database }) => {
        const result = await simulated.execute(sql, parameters, sessions, { maxConnections: 405, database });
        terminated.push(...result.terminatedPids);
        return toDataApiResponse(result);
      });
    const report = await handler(event, {} as never);
    await simulated.stop();
    expect(report).toMatchObject({
      verdict: 'done',
      connections: { inUse: 6, maximum: 405 },
      ...{
        toEnd: 2,
        ended: 2,
        spared: [{ reason: 'protected application', sessions: 1, applications: ['etl-nightly'] }],
      },
    });
    expect(readSessionReport(JSON.stringify(report))).toEqual(report);
    expect(terminated).toEqual([1, 4]);
    expect(vi.mocked(console.info).mock.calls).toEqual([
      ['Of 3 sessions idle for 60 s or longer, 2 ended, 1 spared. 6 of 405 connections were in use.'],
    ]);
  });

  test('returns a failed verdict with the reason when the database cannot be asked', async () => {
    stub();
    mockClient(RDSDataClient).rejects(new Error('too many connections'));
    const report = (await handler(event, {} as never)) as SessionReport;
    expect(report).toMatchObject({
      verdict: 'failed',
      changed: [],
      reason: expect.stringContaining('too many connections'),
    });
    expect(sessionLines(report)).toEqual([report.reason]);
  });

  test.each([undefined, '', '{', '{"users":[]}', JSON.stringify({ ...nobody, user: [] })])(
    'looks at no session when the protected names are %s',
    async PROTECTED => {
      stub({ PROTECTED });
      const data = mockClient(RDSDataClient);
      await expect(handler(event, {} as never)).rejects.toThrow();
      expect(data.calls()).toEqual([]);
    },
  );
});
