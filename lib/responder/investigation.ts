import { Aws, Validations } from 'aws-cdk-lib';
import { logGroupOf, type ServiceConfig } from '../config/service-config.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import type { BoundPlaybook } from '../playbooks/playbook.ts';

/** The ARN of the protected ECS service. */
export const ecsServiceArn = ({ ecs }: ServiceConfig) =>
  `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:service/${ecs.cluster}/${ecs.service}`;

/** Lets a function look at the service, its deployments and what each of them put into place. */
export function allowReadingService(fn: ResponderFunction, config: ServiceConfig): void {
  const { cluster, service } = config.ecs;
  const arn = (type: string) => ecsServiceArn(config).replace(':service/', `:${type}/`);
  fn.allow(['ecs:DescribeServices', 'ecs:ListServiceDeployments'], [ecsServiceArn(config)])
    .allow(['ecs:DescribeServiceDeployments'], [`${arn('service-deployment')}/*`])
    .allow(['ecs:DescribeServiceRevisions'], [`${arn('service-revision')}/*`]);
  const own = `${cluster}/${service}/*`;
  // Of the tasks, those may read whose playbooks do.
  for (const resource of [`service-deployment/${own}`, `service-revision/${own}`, `task/${cluster}/*`])
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:${resource}]`,
      reason: 'ECS gives deployments, revisions and tasks their ids as they come; whose they are is fixed.',
    });
}

/** Lets a function look at the database cluster and its members. */
export function allowReadingDatabase(fn: ResponderFunction, { database }: ServiceConfig): void {
  const arn = `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:cluster:${database.cluster}`;
  fn.allow(['rds:DescribeDBClusters'], [arn]);
}

/** Lets a function look at all that the investigation looks at: what is common to all incidents, and what playbooks add. */
export function allowInvestigating(fn: ResponderFunction, config: ServiceConfig, bound: BoundPlaybook[]): void {
  const region = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const logGroup = logGroupOf(config);
  allowReadingService(fn, config);
  allowReadingDatabase(fn, config);
  fn.allow(['logs:FilterLogEvents'], [`arn:${Aws.PARTITION}:logs:${region}:log-group:${logGroup}:*`]).allowReading(
    'cloudwatch:GetMetricData',
    'application-autoscaling:DescribeScalableTargets',
  );
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${logGroup}:*]`,
    reason: 'One log group: IAM writes it with all of its streams.',
  });
  for (const statement of bound.flatMap(({ permissions }) => permissions?.diagnose ?? []))
    fn.role.addToPolicy(statement);
}
