import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Cause } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { arn } from '../../platform/arn.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';
import { circuitBreaker } from '../../remedies/circuit-breaker.ts';
import { Remedy } from '../../remedies/remedy.ts';

/** The cache of a service that has one. */
export type Cache = NonNullable<ServiceConfig['redis']>;

const group = ({ replicationGroup }: Cache) => arn('elasticache', `replicationgroup:${replicationGroup}`);
const nodes = (cache: Cache) => cache.nodes.map(node => arn('elasticache', `cluster:${node}`));

/** Lets a role read whether security groups let the tasks reach the cache. */
export const seePath = (cache: Cache) => [
  new PolicyStatement({ actions: ['elasticache:DescribeCacheClusters'], resources: nodes(cache) }),
  new PolicyStatement({ actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'], resources: ['*'] }),
];

export const seeGroup = (cache: Cache) =>
  new PolicyStatement({ actions: ['elasticache:DescribeReplicationGroups'], resources: [group(cache)] });

/** A document for a person at the console: the responder's diagnosis sees the same, and judges it. */
export function checkRedisDocument(scope: Construct, { service }: ServiceConfig, cache: Cache): AutomationDocument {
  const { replicationGroup, nodes: ids, serviceSecurityGroups } = cache;
  const document = new AutomationDocument(scope, 'CheckRedis', {
    runbook: 'check-redis',
    service,
    defaults: {
      ReplicationGroupId: replicationGroup,
      NodeId: ids[0] ?? '',
      ServiceSecurityGroups: serviceSecurityGroups,
    },
    permissions: [
      seeGroup(cache),
      new PolicyStatement({ actions: ['elasticache:DescribeCacheClusters'], resources: nodes(cache) }),
      new PolicyStatement({ actions: ['ec2:DescribeSecurityGroups'], resources: ['*'] }),
    ],
  });
  Validations.of(document.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ec2:DescribeSecurityGroups only reads, and IAM knows no narrower resource for it.',
  });
  return document;
}

/** Serves people without the cache while it is overrun, gone, or out of reach. */
export const openCircuitBreaker = (scope: Construct, config: ServiceConfig, cache: Cache): Remedy =>
  circuitBreaker(scope, config, {
    dependency: 'Redis',
    causes: [
      ...overrun(config.redisHealth, cache),
      { fact: 'redisNodesGone', atLeast: 1, means: 'Redis nodes gone: {}', otherwise: 'no Redis node is gone' },
      {
        fact: 'cachePathBlocked',
        atLeast: 1,
        means: 'security groups keep the tasks from Redis',
        otherwise: 'security groups let the tasks reach Redis',
      },
    ],
  });

/** Lets writes fail for a minute, or loses all that the cache holds: a person decides. It does not help where the path is blocked. */
export function restartRedis(scope: Construct, { service, redisHealth }: ServiceConfig, cache: Cache): Remedy {
  const { replicationGroup } = cache;
  return new Remedy(scope, 'RestartRedis', {
    runbook: 'restart-redis',
    service,
    worker: new ResponderFunction(scope, 'RestartRedisFunction', {
      folder: 'runbooks/restart-redis',
      description: `Restarts the primary of ${replicationGroup}`,
    }).addToRolePolicy(
      { actions: ['elasticache:DescribeReplicationGroups', 'elasticache:TestFailover'], resources: [group(cache)] },
      { actions: ['elasticache:DescribeCacheClusters', 'elasticache:RebootCacheCluster'], resources: nodes(cache) },
    ),
    defaults: { ReplicationGroupId: replicationGroup },
    step: {
      name: 'restart-redis',
      title: `Restart the primary of ${replicationGroup}, by failover where a replica can take over`,
      // A reboot loses what the cache holds: a failover that was approved must not become one.
      parameters: { PrimaryNodeId: { object: 'redisPrimary' }, RestartBy: { object: 'redisRestartBy' } },
      mode: 'approve',
      minimumSeverity: 'P2',
      target: replicationGroup,
      cooldownMinutes: 240,
      blastRadius: { fact: 'redisNodes', touches: 1, maximumShare: 1 },
      causes: overrun(redisHealth, cache),
      needs: [{ fact: 'redisRestartable', atLeast: 1, otherwise: 'cluster mode is on, so it cannot be restarted' }],
      unless: [{ fact: 'cachePathBlocked', atLeast: 1, means: 'security groups keep the tasks from Redis' }],
      verifyMinutes: 8,
    },
  });
}

/** A node was measured to be overrun. */
const overrun = ({ connections }: ServiceConfig['redisHealth'], { nodes }: Cache): Cause[] =>
  nodes.flatMap((node, i) => [
    { fact: `redisCpu${i + 1}`, atLeast: 90, means: `Redis node ${node} uses {} % of its engine CPU` },
    { fact: `redisMemory${i + 1}`, atLeast: 90, means: `Redis node ${node} uses {} % of its memory` },
    { fact: `redisConnections${i + 1}`, atLeast: connections, means: `Redis node ${node} has {} connections` },
  ]);
