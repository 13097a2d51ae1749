import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';

export type Redis = NonNullable<ServiceConfig['redis']>;

const arn = (resource: string) => `arn:${Aws.PARTITION}:elasticache:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
const group = ({ replicationGroup }: Redis) => arn(`replicationgroup:${replicationGroup}`);
const nodes = (redis: Redis) => redis.nodes.map(node => arn(`cluster:${node}`));

/** What it takes to see whether security groups let the tasks reach the cache. */
export const seePath = (redis: Redis) => [
  new PolicyStatement({ actions: ['elasticache:DescribeCacheClusters'], resources: nodes(redis) }),
  new PolicyStatement({ actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'], resources: ['*'] }),
];

export const seeGroup = (redis: Redis) =>
  new PolicyStatement({ actions: ['elasticache:DescribeReplicationGroups'], resources: [group(redis)] });

/** For a person at the console: the responder's diagnosis sees the same, and judges it. */
export function checkRedisRunbook(scope: Construct, { service }: ServiceConfig, redis: Redis): AutomationDocument {
  const { replicationGroup, nodes: ids, serviceSecurityGroups } = redis;
  const runbook = new AutomationDocument(scope, 'CheckRedis', {
    runbook: 'check-redis',
    service,
    defaults: {
      ReplicationGroupId: replicationGroup,
      NodeId: ids[0] ?? '',
      ServiceSecurityGroups: serviceSecurityGroups,
    },
    permissions: [
      seeGroup(redis),
      new PolicyStatement({ actions: ['elasticache:DescribeCacheClusters'], resources: nodes(redis) }),
      new PolicyStatement({ actions: ['ec2:DescribeSecurityGroups'], resources: ['*'] }),
    ],
  });
  Validations.of(runbook.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ec2:DescribeSecurityGroups only reads, and IAM knows no narrower resource for it.',
  });
  return runbook;
}

export function restartRedisRunbook(scope: Construct, { service }: ServiceConfig, redis: Redis): AutomationDocument {
  const { function: fn } = new ResponderFunction(scope, 'RestartRedisFunction', {
    folder: 'runbooks/restart-redis',
    description: `Restarts the primary of ${redis.replicationGroup}`,
  })
    .addToRolePolicy({
      actions: ['elasticache:DescribeReplicationGroups', 'elasticache:TestFailover'],
      resources: [group(redis)],
    })
    .addToRolePolicy({
      actions: ['elasticache:DescribeCacheClusters', 'elasticache:RebootCacheCluster'],
      resources: nodes(redis),
    });
  return new AutomationDocument(scope, 'RestartRedis', {
    runbook: 'restart-redis',
    service,
    defaults: { FunctionName: fn.functionName, ReplicationGroupId: redis.replicationGroup },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}
