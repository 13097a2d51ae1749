import { type Account, type Input, ServiceError } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

/** ElastiCache: the replication group, its nodes, and the two ways of restarting its primary. */
export function provideElastiCache(account: Account, { shape, redis }: SimulatedService): void {
  const arn = (resource: string) => `arn:aws:elasticache:${account.region}:123456789012:${resource}`;
  const ofGroup = ({ ReplicationGroupId }: Input) => [arn(`replicationgroup:${ReplicationGroupId}`)];
  const ofNode = ({ CacheClusterId }: Input) => [arn(`cluster:${CacheClusterId}`)];
  const statusOf = (node: string) =>
    node === redis.primary && !redis.available ? 'rebooting cluster nodes' : 'available';

  const describeGroup = ({ ReplicationGroupId }: Input) => {
    if (ReplicationGroupId !== shape.redis?.replicationGroup)
      throw new ServiceError('ReplicationGroupNotFoundFault', `ReplicationGroup ${ReplicationGroupId} not found.`);
    const members = redis.nodes.map(CacheClusterId => ({
      CacheClusterId,
      CacheNodeId: '0001',
      // With cluster mode on, ElastiCache does not tell the roles.
      ...(redis.clusterMode ? {} : { CurrentRole: CacheClusterId === redis.primary ? 'primary' : 'replica' }),
    }));
    const Status = redis.available ? 'available' : 'modifying';
    const failover = redis.automaticFailover ? 'enabled' : 'disabled';
    return {
      ...{ ReplicationGroupId, Status, AutomaticFailover: failover, MultiAZ: failover },
      ClusterEnabled: redis.clusterMode,
      NodeGroups: [{ NodeGroupId: '0001', Status, NodeGroupMembers: members }],
    };
  };
  const describeNode = ({ CacheClusterId }: Input) => {
    if (!redis.nodes.includes(CacheClusterId) || redis.isGone(CacheClusterId))
      throw new ServiceError('CacheClusterNotFoundFault', `CacheCluster not found: ${CacheClusterId}`);
    const SecurityGroups = [{ SecurityGroupId: redis.cacheGroup, Status: 'active' }];
    return { CacheClusterId, CacheClusterStatus: statusOf(CacheClusterId), Engine: 'redis', SecurityGroups };
  };
  const requireClusterModeOff = () => {
    if (redis.clusterMode)
      throw new ServiceError('InvalidCacheClusterStateFault', 'Reboot is not supported with cluster mode enabled.');
  };

  account.provide('elasticache', {
    DescribeReplicationGroups: { resources: ofGroup, run: input => ({ ReplicationGroups: [describeGroup(input)] }) },
    DescribeCacheClusters: { resources: ofNode, run: input => ({ CacheClusters: [describeNode(input)] }) },
    TestFailover: {
      resources: ofGroup,
      run: input => {
        const { NodeGroups, AutomaticFailover } = describeGroup(input);
        if (NodeGroups[0]?.NodeGroupId !== input['NodeGroupId'])
          throw new ServiceError('NodeGroupNotFoundFault', `Node group ${input['NodeGroupId']} not found.`);
        if (AutomaticFailover !== 'enabled')
          throw new ServiceError('InvalidReplicationGroupState', 'Automatic failover is not enabled.');
        redis.failOver();
        account.emit('service', { change: `${redis.primary} takes over as the primary of Redis` });
        return { ReplicationGroup: describeGroup(input) };
      },
    },
    RebootCacheCluster: {
      resources: ofNode,
      run: input => {
        const { CacheClusterId } = describeNode(input);
        requireClusterModeOff();
        if (input['CacheNodeIdsToReboot']?.join() !== '0001')
          throw new ServiceError('InvalidParameterValue', 'CacheNodeIdsToReboot must be 0001.');
        if (CacheClusterId === redis.primary) redis.restart();
        account.emit('service', { change: `${CacheClusterId} reboots: what it held is lost` });
        return { CacheCluster: describeNode(input) };
      },
    },
  });
}
