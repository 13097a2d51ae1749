import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import {
  CacheClusterNotFoundFault,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  ReplicationGroupNotFoundFault,
} from '@aws-sdk/client-elasticache';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as probe } from '../../lambda/functions/probe/handler.ts';
import { redis } from '../../lambda/investigation/checks/redis.ts';
import { securityGroups } from '../../lambda/investigation/checks/security-groups.ts';
import { publishedMetrics } from '../support/aws-mocks.ts';
import { useLoadBalancer } from '../support/load-balancer.ts';
import { DEPLOYED, deploy, invoke, useResponder } from '../support/responder.ts';

useResponder();
useLoadBalancer();
const elasticache = mockClient(ElastiCacheClient);
const ec2 = mockClient(EC2Client);
const cloudwatch = mockClient(CloudWatchClient);
const ecs = mockClient(ECSClient);
const rds = mockClient(RDSClient);

const resources = {
  ...DEPLOYED.resources,
  redis: {
    ...{ replicationGroup: 'production', nodes: ['production-001', 'production-002'], port: 6379 },
    serviceSecurityGroups: ['sg-tasks'],
  },
};
const [PRIMARY, REPLICA] = resources.redis.nodes;

const group = (changes: object = {}) =>
  elasticache.on(DescribeReplicationGroupsCommand).resolves({
    ReplicationGroups: [
      {
        ...{ Status: 'available', AutomaticFailover: 'enabled', ClusterEnabled: false },
        NodeGroups: [
          {
            NodeGroupMembers: [
              { CacheClusterId: REPLICA, CurrentRole: 'replica' },
              { CacheClusterId: PRIMARY, CurrentRole: 'primary' },
            ],
          },
        ],
        ...changes,
      },
    ],
  });
const node = (id: string | undefined, CacheClusterStatus: string) =>
  elasticache.on(DescribeCacheClustersCommand, { CacheClusterId: id }).resolves({
    CacheClusters: [{ CacheClusterId: id, CacheClusterStatus, SecurityGroups: [{ SecurityGroupId: 'sg-cache' }] }],
  });
const ingress = (...IpPermissions: object[]) => {
  const of = (GroupId: string, rules: object) =>
    ec2.on(DescribeSecurityGroupsCommand, { GroupIds: [GroupId] }).resolves({
      SecurityGroups: [{ GroupId, VpcId: 'vpc-1', ...rules }],
    });
  of('sg-tasks', { IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] });
  of('sg-cache', { IpPermissions });
};
const REDIS = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 };

beforeEach(() => {
  for (const client of [elasticache, ec2, cloudwatch, ecs, rds]) client.reset();
  group();
  node(PRIMARY, 'available');
  node(REPLICA, 'available');
  ingress({ ...REDIS, UserIdGroupPairs: [{ GroupId: 'sg-tasks' }] });
  const block = (CidrBlock: string, State: 'associated' | 'disassociated') => ({
    CidrBlock,
    CidrBlockState: { State },
  });
  ec2.on(DescribeVpcsCommand).resolves({
    Vpcs: [{ CidrBlockAssociationSet: [block('10.0.0.0/16', 'associated'), block('10.9.0.0/16', 'disassociated')] }],
  });
});

describe('the check of Redis', () => {
  const facts = async () => (await redis(resources)).facts;

  it('names the primary, wherever it is listed, and how it would be restarted', async () => {
    expect(await redis(resources)).toEqual({
      ok: true,
      summary: 'Redis: available, 2 of 2 nodes available, primary production-001, a replica can take over',
      facts: {
        ...{ redisExists: 1, redisNodes: 2, redisNodesAvailable: 2, redisNodesGone: 0 },
        ...{ redisRestartable: 1, redisFailover: 1 },
      },
      objects: { redisPrimary: PRIMARY, redisRestartBy: 'failover' },
    });
  });

  it('warns of the cost of a restart with a replica gone, or without automatic failover', async () => {
    const gone = new CacheClusterNotFoundFault({ message: 'not found', $metadata: {} });
    elasticache.on(DescribeCacheClustersCommand, { CacheClusterId: REPLICA }).rejects(gone);
    const found = await redis(resources);
    expect([found.ok, found.summary]).toEqual([
      false,
      'Redis: available, 1 of 2 nodes available, there is no node production-002, primary production-001, a restart would lose what it holds',
    ]);
    node(REPLICA, 'available');
    group({ AutomaticFailover: 'disabled' });
    expect(await facts()).toMatchObject({ redisRestartable: 1, redisFailover: 0 });
  });

  it('rules a restart out in cluster mode, and says so', async () => {
    group({ ClusterEnabled: true, NodeGroups: [] });
    const found = await redis(resources);
    expect(found.summary).toContain('cluster mode on, so it cannot be restarted');
    expect(found.facts).toMatchObject({ redisRestartable: 0, redisFailover: 0 });
  });

  it('names a replication group that does not exist', async () => {
    const missing = new ReplicationGroupNotFoundFault({ message: 'not found', $metadata: {} });
    elasticache.on(DescribeReplicationGroupsCommand).rejects(missing);
    expect(await redis(resources)).toEqual({
      ...{ ok: false, summary: 'Redis: there is no replication group production', facts: { redisExists: 0 } },
    });
  });

  it('fails when Redis cannot be read', async () => {
    elasticache.on(DescribeCacheClustersCommand).rejects(new Error('denied'));
    await expect(redis(resources)).rejects.toThrow('denied');
    await expect(redis(DEPLOYED.resources)).rejects.toThrow('no Redis is configured');
  });
});

describe('the check of security groups', () => {
  it('is good when they are open, and names the missing rule when they are not', async () => {
    expect(await securityGroups(resources)).toEqual({
      ok: true,
      summary: 'Security groups: the tasks may reach Redis',
      facts: { cachePathBlocked: 0 },
    });
    ingress({ ...REDIS, UserIdGroupPairs: [{ GroupId: 'sg-other' }] });
    expect(await securityGroups(resources)).toEqual({
      ok: false,
      summary: 'Security groups: blocked: sg-cache has no ingress rule for TCP 6379 from sg-tasks',
      facts: { cachePathBlocked: 1 },
    });
  });

  it('is judged by the blocks associated with the VPC, not by former ones', async () => {
    ingress({ ...REDIS, IpRanges: [{ CidrIp: '10.0.0.0/16' }] });
    expect((await securityGroups(resources)).ok).toBe(true);
    ingress({ ...REDIS, IpRanges: [{ CidrIp: '10.9.0.0/16' }] });
    expect((await securityGroups(resources)).ok).toBe(false);
  });

  it.each([{ PrefixListIds: [{ PrefixListId: 'pl-1' }] }, { Ipv6Ranges: [{ CidrIpv6: '::/0' }] }])(
    'has no fact when a rule cannot be judged: %o',
    async by => {
      ingress({ ...REDIS, ...by });
      const found = await securityGroups(resources);
      expect([found.ok, found.facts]).toEqual([null, {}]);
      expect(found.summary).toMatch(/^Security groups: nobody can tell: the ingress rules of sg-cache/);
    },
  );
});

describe('the probe of Redis', () => {
  const published = async (of = resources as typeof DEPLOYED.resources) => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    cloudwatch.on(PutMetricDataCommand).resolves({});
    ecs.on(DescribeServicesCommand).resolves({ services: [{ runningCount: 10, deployments: [] }] });
    ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [] });
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ DBClusterMembers: [{ IsClusterWriter: true }] }] });
    vi.stubGlobal('fetch', async () => new Response('ok'));
    await deploy({ resources: of });
    await invoke(probe, {});
    return publishedMetrics(cloudwatch);
  };

  it('publishes whether the tasks may reach the cache, and nothing when it cannot be judged', async () => {
    expect(await published()).toMatchObject({ CachePathBlocked: 0 });
    ingress();
    expect(await published()).toMatchObject({ CachePathBlocked: 1 });
    ingress({ ...REDIS, PrefixListIds: [{ PrefixListId: 'pl-1' }] });
    expect(await published()).not.toHaveProperty('CachePathBlocked');
  });

  it('counts the nodes that are missing or not serving', async () => {
    expect(await published()).toMatchObject({ CacheNodesGone: 0 });
    for (const serving of ['modifying', 'snapshotting', 'rebooting cluster nodes', 'a state of tomorrow']) {
      node(REPLICA, serving);
      expect(await published(), serving).toMatchObject({ CacheNodesGone: 0 });
    }
    node(REPLICA, 'deleting');
    expect(await published()).toMatchObject({ CacheNodesGone: 1 });
    elasticache
      .on(DescribeCacheClustersCommand, { CacheClusterId: REPLICA })
      .rejects(new CacheClusterNotFoundFault({ message: 'not found', $metadata: {} }));
    expect(await published()).toMatchObject({ CacheNodesGone: 1, CachePathBlocked: 0 });
  });

  it('does not call ElastiCache when no cache is configured', async () => {
    expect(await published(DEPLOYED.resources)).not.toHaveProperty('CachePathBlocked');
    expect(elasticache.calls()).toEqual([]);
  });
});
