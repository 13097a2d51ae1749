import { Aws, Validations } from 'aws-cdk-lib';
import type { ResponderFunction } from '../platform/responder-function.ts';

/** Every execution of an SSM document in this account and region: nobody knows the id of one beforehand. */
export const AUTOMATION_EXECUTIONS = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:automation-execution/*`;

/** Lets a function read how far an execution has come, step by step. */
export function grantReadExecutions(fn: ResponderFunction): void {
  fn.addToRolePolicy({
    actions: ['ssm:GetAutomationExecution', 'ssm:DescribeAutomationStepExecutions'],
    resources: [AUTOMATION_EXECUTIONS],
  });
  Validations.of(fn.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:automation-execution/*]',
    reason: 'The id of an execution is not known before it is started; it is only read.',
  });
}

/** Lets a function find an execution, read how far it has come, and stop it. */
export function grantStopExecutions(fn: ResponderFunction): void {
  grantReadExecutions(fn);
  fn.addUnscopedReads('ssm:DescribeAutomationExecutions');
  fn.addToRolePolicy({ actions: ['ssm:StopAutomationExecution'], resources: [AUTOMATION_EXECUTIONS] });
}
