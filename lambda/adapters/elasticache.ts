import {
  CacheClusterNotFoundFault,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  RebootCacheClusterCommand,
  ReplicationGroupNotFoundFault,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import { together } from './together.ts';

const client = new ElastiCacheClient({});

/** The replication group with its node groups; undefined when it does not exist. */
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

/** One node, which ElastiCache calls a cache cluster; undefined when it does not exist. */
export const describeNode = /* @__PURE__ */ together(async (id: string) => {
  try {
    const { CacheClusters = [] } = await client.send(new DescribeCacheClustersCommand({ CacheClusterId: id }));
    return CacheClusters[0];
  } catch (error) {
    if (error instanceof CacheClusterNotFoundFault) return undefined;
    throw error;
  }
});

/** States in which a node answers no requests. In any other state it may. */
const OUT_OF_SERVICE = ['creating', 'deleted', 'deleting', 'incompatible-network', 'restore-failed'];

/** The state of each node, undefined when the node does not exist; `serves` is false when it can answer no requests. */
export const readNodes = (ids: readonly string[]) =>
  Promise.all(
    ids.map(async id => {
      const status = (await describeNode(id))?.CacheClusterStatus;
      return { id, status, serves: status !== undefined && !OUT_OF_SERVICE.includes(status) };
    }),
  );

/** Makes a replica the primary, and returns the group's status. The API is called TestFailover; AWS allows few calls a day. */
export async function failOverNodeGroup(ReplicationGroupId: string, NodeGroupId: string): Promise<string | undefined> {
  const { ReplicationGroup } = await client.send(new TestFailoverCommand({ ReplicationGroupId, NodeGroupId }));
  return ReplicationGroup?.Status;
}

/** Reboots a node, which loses its data, and returns its status. */
export async function rebootNode(CacheClusterId: string): Promise<string | undefined> {
  const reboot = new RebootCacheClusterCommand({ CacheClusterId, CacheNodeIdsToReboot: ['0001'] });
  const { CacheCluster } = await client.send(reboot);
  return CacheCluster?.CacheClusterStatus;
}
