import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ServiceConfig } from '../../config/service-config.ts';

/** `service/a/b`, of ECS in this account and region. */
export const arn = (resource: string) => `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

export const serviceArn = ({ ecs }: ServiceConfig) => arn(`service/${ecs.cluster}/${ecs.service}`);

/** The tasks of the cluster: ECS gives their ids as they come. */
export const tasksArn = ({ ecs }: ServiceConfig) => arn(`task/${ecs.cluster}/*`);

export const IAM_NAME_OF_TASKS = ({ ecs }: ServiceConfig) =>
  `arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/${ecs.cluster}/*`;

/** For what lists tasks IAM knows no narrower resource, but a condition. */
export const describeTasks = (config: ServiceConfig) => [
  new PolicyStatement({
    actions: ['ecs:ListTasks'],
    resources: ['*'],
    conditions: { ArnEquals: { 'ecs:cluster': arn(`cluster/${config.ecs.cluster}`) } },
  }),
  new PolicyStatement({ actions: ['ecs:DescribeTasks'], resources: [tasksArn(config)] }),
];

/** It only reads, and IAM knows no narrower resource for it. */
export const readTaskDefinition = new PolicyStatement({ actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] });
