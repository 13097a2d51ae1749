import {
  CacheClusterNotFoundFault,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';

const client = new ElastiCacheClient({});

/** The replication group with its node groups. @throws ReplicationGroupNotFoundFault */
export async function describeReplicationGroup(id: string) {
  const { ReplicationGroups = [] } = await client.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }),
  );
  const [found] = ReplicationGroups;
  if (!found) throw new Error(`replication group ${id}: not found`);
  return found;
}

/** One node, which ElastiCache calls a cache cluster; undefined when it is gone. */
export async function describeNode(id: string) {
  try {
    const { CacheClusters = [] } = await client.send(new DescribeCacheClustersCommand({ CacheClusterId: id }));
    return CacheClusters[0];
  } catch (error) {
    if (error instanceof CacheClusterNotFoundFault) return undefined;
    throw error;
  }
}
