import { Aws, Validations } from 'aws-cdk-lib';
import { logGroupOf, type ServiceConfig } from '../config/service-config.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import type { BoundPlaybook } from '../playbooks/playbook.ts';

/** The ARN of the protected ECS service. */
export const ecsServiceArn = ({ ecs }: ServiceConfig) =>
  `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:service/${ecs.cluster}/${ecs.service}`;

/** Lets a function look at the service, its deployments and what each of them put into place. */
export function grantReadService(fn: ResponderFunction, config: ServiceConfig): void {
  const { cluster, service } = config.ecs;
  const arn = (type: string) => ecsServiceArn(config).replace(':service/', `:${type}/`);
  const own = ecsServiceArn(config);
  fn.addToRolePolicy(
    { actions: ['ecs:DescribeServices', 'ecs:ListServiceDeployments'], resources: [own] },
    // IAM requires the service beside a deployment or a revision.
    { actions: ['ecs:DescribeServiceDeployments'], resources: [`${arn('service-deployment')}/*`, own] },
    { actions: ['ecs:DescribeServiceRevisions'], resources: [`${arn('service-revision')}/*`, own] },
  );
  const any = `${cluster}/${service}/*`;
  // A function reads tasks only where a playbook needs it.
  for (const resource of [`service-deployment/${any}`, `service-revision/${any}`, `task/${cluster}/*`])
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:${resource}]`,
      reason: 'ECS gives deployments, revisions and tasks their ids as they come; whose they are is fixed.',
    });
}

/** Lets a function look at the database cluster and its members. */
export function grantReadDatabase(fn: ResponderFunction, { database }: ServiceConfig): void {
  const arn = `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:cluster:${database.cluster}`;
  fn.addToRolePolicy({ actions: ['rds:DescribeDBClusters'], resources: [arn] });
}

/** Lets a function look at all that the investigation looks at: what is common to all incidents, and what playbooks add. */
export function grantInvestigate(
  fn: ResponderFunction,
  config: ServiceConfig,
  playbooks: readonly BoundPlaybook[],
): void {
  const region = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const logGroup = logGroupOf(config);
  grantReadService(fn, config);
  grantReadDatabase(fn, config);
  fn.addToRolePolicy({
    actions: ['logs:FilterLogEvents'],
    resources: [`arn:${Aws.PARTITION}:logs:${region}:log-group:${logGroup}:*`],
  }).addUnscopedReads('cloudwatch:GetMetricData', 'application-autoscaling:DescribeScalableTargets');
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${logGroup}:*]`,
    reason: 'One log group: IAM writes it with all of its streams.',
  });
  fn.addToRolePolicy(...playbooks.flatMap(({ permissions }) => permissions?.diagnose ?? []));
}
