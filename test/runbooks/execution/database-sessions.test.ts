import { FUNCTION_ERROR, MISSING_OUTPUT, type Positions, type RunbookRun, taking } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { readSessionReport } from '../../../lambda/domain/remedies/sessions.ts';
import { RehearsalWorld } from '../../../local/world/world.ts';
import { run, withOperator } from '../../support/executions.ts';

const MINUTE = 60_000;

describe('the sessions of a database', () => {
  const KILL = 'mockupaws-production-kill-idle-connections';
  const ends = ({ outcome }: RunbookRun) => outcome?.steps.findLast(({ status }) => status !== 'Pending')?.name;
  const reportOf = (run: RunbookRun) =>
    readSessionReport(run.outcome?.outputs['killIdleConnections.Payload']?.[0] ?? '');
  const verdictOf = (run: RunbookRun) => reportOf(run)?.verdict;

  /** A database with sessions that were forgotten ten minutes ago. */
  async function forgotten(undocumented: Positions = {}): Promise<RehearsalWorld> {
    const world = await RehearsalWorld.create(withOperator(), 1, { undocumented });
    const { database } = world.service;
    database.startLeak({ application: 'report-export', state: 'idle', perMinute: 620, atMost: 300 });
    await world.clock.run(10 * MINUTE, () => false);
    return world;
  }

  it('end where they are forgotten, and live where they wait for something', async () => {
    const world = await forgotten();
    const ended = await run(world, KILL, { DryRun: 'false' });
    expect([ended.outcome?.status, ends(ended), verdictOf(ended)]).toEqual(['Success', 'end', 'done']);
    expect(reportOf(ended)).toMatchObject({
      changed: ['ended 300 sessions of report-export (user report-export), idle'],
      spared: expect.arrayContaining([
        { reason: 'listen', sessions: 1, applications: ['order-worker'] },
        { reason: 'advisory lock', sessions: 1, applications: ['scheduler'] },
      ]),
    });
    expect(world.service.healthy).toBe(true);
    const again = await run(world, KILL, { DryRun: 'false' });
    expect([again.outcome?.status, ends(again), verdictOf(again)]).toEqual(['Success', 'endUnchanged', 'unchanged']);
  });

  it('harm the service when those that wait are ended', async () => {
    const world = await forgotten();
    const { database } = world.service;
    const waiting = database
      .sessions()
      .filter(({ application }) => ['order-worker', 'scheduler'].includes(application));
    expect(database.terminated(waiting.map(({ pid }) => pid))).toHaveLength(2);
    expect(world.service.healthy).toBe(false);
  });

  it('that cannot be asked for fail the runbook', async () => {
    const world = await forgotten();
    world.service.database.reboot();
    const failed = await run(world, KILL, { DryRun: 'false' });
    expect([failed.outcome?.status, ends(failed)]).toEqual(['Failed', 'endNotDone']);
    expect(reportOf(failed)?.reason).toContain('The writer instance is not available');
  });

  it.each([true, false])('are not ended by a function that errs, if an error fails its step: %s', async fails => {
    const world = await forgotten({
      ...taking(FUNCTION_ERROR, fails ? 'fails its step' : 'is an output'),
      ...taking(MISSING_OUTPUT, 'is left out'),
    });
    // A strict event: the document's pattern lets ten seconds through, the function does not.
    const failed = await run(world, KILL, { DryRun: 'false', IdleSeconds: '10' });
    expect([failed.outcome?.status, ends(failed)]).toEqual(['Failed', fails ? 'killIdleConnections' : 'endNotDone']);
  });
});
