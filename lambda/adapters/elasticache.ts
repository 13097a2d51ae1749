import {
  CacheClusterNotFoundFault,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  RebootCacheClusterCommand,
  ReplicationGroupNotFoundFault,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';

const client = new ElastiCacheClient({});

/** The replication group with its node groups; undefined where there is none of that name. */
export async function findReplicationGroup(id: string) {
  try {
    const { ReplicationGroups = [] } = await client.send(
      new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }),
    );
    return ReplicationGroups[0];
  } catch (error) {
    if (error instanceof ReplicationGroupNotFoundFault) return undefined;
    throw error;
  }
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

/** States in which a node answers nobody. In any other it may. */
const SERVES_NOBODY = ['creating', 'deleted', 'deleting', 'incompatible-network', 'restore-failed'];

/** Each node: its state, undefined where there is no such node, and whether it may serve anybody. */
export const readNodes = (ids: readonly string[]) =>
  Promise.all(
    ids.map(async id => {
      const status = (await describeNode(id))?.CacheClusterStatus;
      return { id, status, serves: status !== undefined && !SERVES_NOBODY.includes(status) };
    }),
  );
/** Has a replica take over as the primary, and gives the group's status. AWS calls it a test, and allows few a day. */
export async function failOver(ReplicationGroupId: string, NodeGroupId: string): Promise<string | undefined> {
  const { ReplicationGroup } = await client.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId }));
  return ReplicationGroup?.Status;
}

/** Reboots a node, which loses what it holds, and gives its status. */
export async function rebootNode(CacheClusterId: string): Promise<string | undefined> {
  const reboot = new RebootCacheClusterCommand({ CacheClusterId, CacheNodeIdsToReboot: ['0001'] });
  const { CacheCluster } = await client.send(reboot);
  return CacheCluster?.CacheClusterStatus;
}
