import { describe, expect, it } from 'vitest';
import {
  CANNOT_SEE,
  readSessionReport,
  type SessionReport,
  sessionLines,
} from '../../../lambda/domain/remedies/sessions.ts';

const report: SessionReport = {
  verdict: 'done',
  reason: '',
  dryRun: true,
  changed: [],
  connections: { inUse: 1722, maximum: 1722, states: { idle: 1700, active: 22 } },
  toEnd: 1210,
  ended: 0,
  candidates: [
    { user: 'export', application: 'report-export', state: 'idle', sessions: 1200, ended: 0, idleSeconds: 725 },
    { user: 'backend', application: '', state: 'idle in transaction', sessions: 1, ended: 0, idleSeconds: 90 },
  ],
  spared: [
    { reason: 'open transaction', sessions: 2, applications: ['checkout', ''] },
    { reason: 'listen', sessions: 1, applications: ['order-worker'] },
  ],
  cannotSee: CANNOT_SEE,
  message: 'Dry run: of 1213 sessions …',
};

describe('the report of database sessions', () => {
  it('of a dry run lists what would end, what is spared and why, and what cannot be seen', () => {
    expect(sessionLines(report)).toEqual([
      'Would end 1,210 sessions; 1,722 of 1,722 connections in use.',
      '- 1,200 sessions: report-export (user export), idle for up to 12 min',
      '- 1 session: no application name (user backend), idle in transaction for up to 90 s',
      '- 9 more sessions',
      'Spares 3 sessions that look idle:',
      '- 2 sessions: in a transaction that has not been idle for long enough (checkout, no application name)',
      '- 1 session: last statement was LISTEN (order-worker)',
      `Cannot be seen: ${CANNOT_SEE.join('; ')}.`,
    ]);
  });

  it('of a run lists what has ended, and of a run without effect has the reason', () => {
    const [first] = sessionLines({ ...report, dryRun: false, ended: 1200 });
    expect(first).toBe('Ended 1,200 of 1,210 sessions; 1,722 of 1,722 connections in use.');
    const reason = 'No session has been idle for 300 s or longer.';
    const nothing = { ...report, verdict: 'unchanged' as const, reason, toEnd: 0, candidates: [], spared: [] };
    expect(sessionLines(nothing)).toEqual([
      reason,
      'Would end 0 sessions; 1,722 of 1,722 connections in use.',
      `Cannot be seen: ${CANNOT_SEE.join('; ')}.`,
    ]);
  });

  it('of a database that could not be asked has the reason alone', () => {
    const failed = {
      ...report,
      ...{ verdict: 'failed' as const, reason: 'Cannot connect', connections: { inUse: 0, maximum: 0, states: {} } },
    };
    expect(sessionLines(failed)).toEqual(['Cannot connect']);
  });
});

describe('the output of an execution', () => {
  it('parses as a session report', () => {
    expect(readSessionReport(JSON.stringify(report))).toEqual(report);
  });

  it.each(['', 'null', '{', JSON.stringify(report).slice(0, 500), '{"errorMessage":"timed out"}'])(
    'is no session report when it is %s',
    payload => expect(readSessionReport(payload)).toBeUndefined(),
  );
});
