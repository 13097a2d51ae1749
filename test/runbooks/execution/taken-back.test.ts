import { describe, expect, it } from 'vitest';
import { RehearsalWorld } from '../../../local/world/world.ts';
import { changes, resultIn, run, tap, withOperator } from '../../support/executions.ts';

describe('taking back what a person has changed since', () => {
  const revert = async (world: RehearsalWorld, runbook: string, parameters: Record<string, string>) => {
    const name = `mockupaws-production-${runbook}`;
    const calls = tap(world, name);
    const ran = await run(world, name, { DryRun: 'false', ...parameters });
    const { ended, changed } = await resultIn(world, ran);
    return { ended, changed, done: changes(calls).map(({ operation }) => operation) };
  };
  const nothing = { ended: 'succeeded', changed: [], done: [] };

  it.each([
    ['scale-up', { DesiredCount: '10', ExpectedCount: '20' }],
    ['scale-service', { DesiredCount: '20', ExpectedCount: '8', AutoScaling: 'none' }],
  ])('%s leaves another number of tasks, and that is no failure', async (runbook, parameters) => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.tasks.desired = 14;
    expect(await revert(world, runbook, parameters)).toEqual(nothing);
    expect(world.service.tasks.desired).toBe(14);
  });

  describe('raise-memory', () => {
    const raised = async () => {
      const world = await RehearsalWorld.create(withOperator(), 1);
      const { ended } = await revert(world, 'raise-memory', { Revision: 'next' });
      expect([ended, world.service.deployments.wanted.number]).toEqual(['succeeded', 42]);
      return world;
    };

    it('puts the former size back', async () => {
      const world = await raised();
      expect(await revert(world, 'raise-memory', { Revision: '41' })).toMatchObject({ ended: 'succeeded' });
      expect(world.service.deployments.wanted.number).toBe(41);
    });

    it('leaves a version that a person has deployed, and that is no failure', async () => {
      const world = await raised();
      world.service.deployments.deploy();
      expect(await revert(world, 'raise-memory', { Revision: '41' })).toEqual(nothing);
      expect(world.service.deployments.wanted.number).toBe(43);
    });
  });
});
