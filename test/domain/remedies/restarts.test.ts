import { describe, expect, it } from 'vitest';
import type { DatabaseCluster } from '../../../lambda/domain/remedies/database-cluster.ts';
import { awaitsReboot, isRaised, raiseOf } from '../../../lambda/domain/remedies/raise-connections.ts';
import { hasBegun, hasEnded, type ReplicationGroup, restartOf } from '../../../lambda/domain/remedies/restart-redis.ts';

describe('the restart of Redis', () => {
  const group = (primary: string, changes: Partial<ReplicationGroup> = {}): ReplicationGroup => ({
    ...{ Status: 'available', ClusterEnabled: false, AutomaticFailover: 'enabled' },
    NodeGroups: [
      {
        NodeGroupId: '0001',
        NodeGroupMembers: ['a', 'b', 'c'].map(node => ({
          CacheClusterId: node,
          CurrentRole: node === primary ? 'primary' : 'replica',
        })),
      },
    ],
    ...changes,
  });

  it.each<[string, ReplicationGroup, string, object]>([
    ['with a failover', group('c'), '', { by: 'failover', nodeGroup: '0001', primary: 'c' }],
    [
      'with a reboot, without automatic failover',
      group('c', { AutomaticFailover: 'disabled' }),
      'c',
      { by: 'reboot', primary: 'c' },
    ],
    [
      'not at all when the named primary is another by now',
      group('c'),
      'a',
      { refused: 'c is the primary by now, not a' },
    ],
    ['not at all without a primary', group('none'), '', { refused: expect.stringContaining('names no node') }],
    [
      'not at all while the group is modified',
      group('a', { Status: 'modifying' }),
      '',
      { refused: 'the group is modifying' },
    ],
    [
      'not at all in cluster mode',
      group('a', { ClusterEnabled: true }),
      '',
      { refused: expect.stringContaining('cluster mode is on') },
    ],
  ])('is made %s', (_, given, named, restart) => {
    expect(restartOf(given, named)).toEqual(restart);
  });

  it.each<[string, Partial<ReplicationGroup>, 'failover' | 'reboot', string]>([
    [
      'a reboot',
      { AutomaticFailover: 'disabled' },
      'failover',
      'it would be a reboot, which loses everything it holds',
    ],
    ['a failover', {}, 'reboot', 'it would be a failover, which keeps the contents'],
    ['not known to be one', { AutomaticFailover: 'disabling' }, 'failover', 'automatic failover is disabling'],
  ])('is not made where by now it would be %s', (_, changes, judged, refused) => {
    expect(restartOf(group('c', changes), 'c', judged)).toEqual({ refused: expect.stringContaining(refused) });
  });

  it('has ended only once it was seen to begin', () => {
    const seen = (given: ReplicationGroup, node: string, by: string) => [
      hasBegun(given, node, by, 'a'),
      hasEnded(given, node, by, 'a'),
    ];
    // It still calls itself available, and nothing has happened.
    expect(seen(group('a'), 'available', 'failover')).toEqual([false, false]);
    expect(hasBegun(group('a'), 'available', 'reboot', 'a')).toBe(false);
    expect(seen(group('a', { Status: 'modifying' }), 'available', 'failover')).toEqual([true, false]);
    expect(seen(group('b'), 'available', 'failover')).toEqual([true, true]);
    expect(seen(group('a'), 'rebooting cluster nodes', 'reboot')).toEqual([true, false]);
  });
});

describe('the raise of max_connections', () => {
  const cluster = (writer: string, changes: Partial<DatabaseCluster> = {}, status = 'in-sync'): DatabaseCluster => ({
    ...{ Status: 'available', DBClusterParameterGroup: 'ours' },
    DBClusterMembers: ['a', 'b', 'c', 'd'].map(id => ({
      DBInstanceIdentifier: id,
      IsClusterWriter: id === writer,
      DBClusterParameterGroupStatus: id === writer ? status : 'in-sync',
    })),
    ...changes,
  });

  it.each<[string, DatabaseCluster, string, object]>([
    ['is made for the writer, whichever member that is', cluster('d'), '', { group: 'ours', writer: 'd' }],
    ['is made for the writer that the caller named', cluster('d'), 'd', { group: 'ours', writer: 'd' }],
    [
      'is refused when the named writer is another by now',
      cluster('d'),
      'a',
      { refused: 'd is the writer by now, not a' },
    ],
    ['is refused without a writer', cluster('none'), '', { refused: expect.stringContaining('names no instance') }],
    [
      'is refused while the cluster fails over',
      cluster('a', { Status: 'failing-over' }),
      '',
      { refused: 'the cluster is failing-over' },
    ],
    [
      'is refused for a default parameter group',
      cluster('a', { DBClusterParameterGroup: 'default.x' }),
      '',
      { refused: expect.stringContaining('default.x') },
    ],
  ])('%s', (_, given, named, raise) => {
    expect(raiseOf(given, named)).toEqual(raise);
  });

  it('has ended when the writer awaited its reboot and no longer does', () => {
    expect(awaitsReboot(cluster('a'), 'a')).toBe(false);
    expect(awaitsReboot(cluster('a', {}, 'pending-reboot'), 'a')).toBe(true);
    expect(isRaised(cluster('a', {}, 'pending-reboot'), 'a', 'available')).toBe(false);
    expect(isRaised(cluster('a'), 'a', 'rebooting')).toBe(false);
    expect(isRaised(cluster('a'), 'a', 'available')).toBe(true);
  });
});
