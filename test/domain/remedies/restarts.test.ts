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

  it.each<[ReplicationGroup, string, object]>([
    [group('c'), '', { by: 'failover', nodeGroup: '0001', primary: 'c' }],
    [group('c', { AutomaticFailover: 'disabled' }), 'c', { by: 'reboot', primary: 'c' }],
    [group('c'), 'a', { refused: 'c is the primary by now, not a' }],
    [group('none'), '', { refused: expect.stringContaining('names no node') }],
    [group('a', { Status: 'modifying' }), '', { refused: 'the group is modifying' }],
    [group('a', { ClusterEnabled: true }), '', { refused: expect.stringContaining('cluster mode is on') }],
  ])('follows the topology, whichever node is the primary: case %#', (given, named, restart) => {
    expect(restartOf(given, named)).toEqual(restart);
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

  it.each<[DatabaseCluster, string, object]>([
    [cluster('d'), '', { group: 'ours', writer: 'd' }],
    [cluster('d'), 'd', { group: 'ours', writer: 'd' }],
    [cluster('d'), 'a', { refused: 'd is the writer by now, not a' }],
    [cluster('none'), '', { refused: expect.stringContaining('names no instance') }],
    [cluster('a', { Status: 'failing-over' }), '', { refused: 'the cluster is failing-over' }],
    [cluster('a', { DBClusterParameterGroup: 'default.x' }), '', { refused: expect.stringContaining('default.x') }],
  ])('is made for the writer, whichever member that is: case %#', (given, named, raise) => {
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
