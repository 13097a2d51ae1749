import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Cause } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { arn, arnInFindings } from '../../platform/arn.ts';

export const serviceArn = ({ ecs }: ServiceConfig) => arn('ecs', `service/${ecs.cluster}/${ecs.service}`);

/** The tasks of the cluster: ECS gives their ids as they come. */
export const tasksArn = ({ ecs }: ServiceConfig) => arn('ecs', `task/${ecs.cluster}/*`);

export const tasksInFindings = ({ ecs }: ServiceConfig) => arnInFindings('ecs', `task/${ecs.cluster}/*`);

/** Lets a role find and read the tasks. IAM knows no narrower resource for listing them, but a condition. */
export const describeTasks = (config: ServiceConfig) => [
  new PolicyStatement({
    actions: ['ecs:ListTasks'],
    resources: ['*'],
    conditions: { ArnEquals: { 'ecs:cluster': arn('ecs', `cluster/${config.ecs.cluster}`) } },
  }),
  new PolicyStatement({ actions: ['ecs:DescribeTasks'], resources: [tasksArn(config)] }),
];

/** Lets a role read task definitions: IAM knows no narrower resource for that. */
export const readTaskDefinition = new PolicyStatement({ actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] });

export const targetOf = ({ ecs }: ServiceConfig) => `${ecs.cluster}/${ecs.service}`;

/** The tasks use too much memory now, or were killed for want of it. */
export const shortOfMemory = ({ serviceMemory }: ServiceConfig): Cause[] => [
  { fact: 'memoryPercent', atLeast: serviceMemory.warning * 100, means: 'the tasks use {} % of their memory' },
  { fact: 'oomKills', atLeast: 1, means: 'tasks killed for want of memory within ten minutes: {}' },
];
