import { Aws, Validations } from 'aws-cdk-lib';
import { logGroupOf, type ServiceConfig } from './config.ts';
import type { ResponderFunction } from './function.ts';
import type { BoundPlaybook } from './playbook.ts';

/** The ARN of the protected ECS service. */
export const ecsServiceArn = ({ ecs }: ServiceConfig) =>
  `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:service/${ecs.cluster}/${ecs.service}`;

/** Lets a function look at all that the investigation looks at: what is common to all incidents, and what playbooks add. */
export function allowInvestigating(fn: ResponderFunction, config: ServiceConfig, bound: BoundPlaybook[]): void {
  const region = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const logGroup = logGroupOf(config);
  fn.allow(['ecs:DescribeServices', 'ecs:ListServiceDeployments'], [ecsServiceArn(config)])
    .allow(['rds:DescribeDBClusters'], [`arn:${Aws.PARTITION}:rds:${region}:cluster:${config.database.cluster}`])
    .allow(['logs:FilterLogEvents'], [`arn:${Aws.PARTITION}:logs:${region}:log-group:${logGroup}:*`])
    .allowReading('cloudwatch:GetMetricData');
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${logGroup}:*]`,
    reason: 'One log group: IAM writes it with all of its streams.',
  });
  for (const statement of bound.flatMap(({ permissions }) => permissions?.diagnose ?? []))
    fn.role.addToPolicy(statement);
}
