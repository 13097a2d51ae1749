import { describe, expect, it } from 'vitest';
import { RehearsalWorld } from '../../../local/world/world.ts';
import { changes, run, tap, withOperator } from '../../support/executions.ts';

describe('restarting Redis', () => {
  const restart = async (world: RehearsalWorld, parameters: Record<string, string> = {}) => {
    const name = 'mockupaws-production-restart-redis';
    const calls = tap(world, name);
    const { outcome } = await run(world, name, { DryRun: 'false', ...parameters });
    return { outcome, done: changes(calls), redis: world.service.redis };
  };

  it('lets a replica take over where one can, and waits for it', async () => {
    const { outcome, done, redis } = await restart(await RehearsalWorld.create(withOperator(), 1));
    expect(outcome).toMatchObject({ status: 'Success' });
    expect(done).toEqual([
      {
        operation: 'elasticache:TestFailover',
        input: { ReplicationGroupId: 'mockupaws-production', NodeGroupId: '0001' },
      },
    ]);
    expect([redis.available, redis.primary]).toEqual([true, 'mockupaws-production-002']);
  });

  it.each(['mockupaws-production-001', 'mockupaws-production-002'])(
    'without automatic failover reboots the primary, here %s, and no other node',
    async primary => {
      const world = await RehearsalWorld.create(withOperator(), 1);
      Object.assign(world.service.redis, { primary, automaticFailover: false });
      const { outcome, done } = await restart(world);
      expect(outcome).toMatchObject({ status: 'Success' });
      expect(done).toEqual([
        {
          operation: 'elasticache:RebootCacheCluster',
          input: { CacheClusterId: primary, CacheNodeIdsToReboot: ['0001'] },
        },
      ]);
    },
  );

  it('makes no reboot, which loses the contents, of the failover that was decided on', async () => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    world.service.redis.automaticFailover = false;
    const { outcome, done } = await restart(world, { RestartBy: 'failover' });
    expect(outcome?.failureMessage).toContain('it would be a reboot, which loses everything it holds');
    expect(done).toEqual([]);
  });

  it.each([
    ['with cluster mode on', { clusterMode: true }, 'cluster mode is on'],
    [
      'where the primary is not found',
      { primary: 'mockupaws-production-009', automaticFailover: false },
      'ElastiCache names no node of the group as its primary',
    ],
  ])('refuses %s, and says so', async (_, topology, why) => {
    const world = await RehearsalWorld.create(withOperator(), 1);
    Object.assign(world.service.redis, topology);
    const { outcome, done } = await restart(world);
    expect(outcome?.status).toBe('Failed');
    expect(outcome?.failureMessage).toContain(why);
    expect(done).toEqual([]);
  });
});
