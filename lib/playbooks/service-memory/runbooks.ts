import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';
import { arn, readTaskDefinition, serviceArn } from './statements.ts';

export function restartTasksRunbook(scope: Construct, config: ServiceConfig): AutomationDocument {
  const { service, ecs } = config;
  const { function: fn } = new ResponderFunction(scope, 'RestartTasksFunction', {
    folder: 'runbooks/restart-tasks',
    description: `Starts the tasks of ${ecs.service} anew`,
  }).addToRolePolicy({ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [serviceArn(config)] });
  return new AutomationDocument(scope, 'RestartTasks', {
    runbook: 'restart-tasks',
    service,
    defaults: { FunctionName: fn.functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}

/** What registers a larger task, where the roles are known that it must be given, and what returns to a former one. */
export function raiseMemoryRunbooks(
  scope: Construct,
  config: ServiceConfig,
  taskRoles: string[] | undefined,
): { raise: AutomationDocument[]; goBack: AutomationDocument } {
  const { service, ecs } = config;
  const raiseMemory = new ResponderFunction(scope, 'RaiseMemoryFunction', {
    folder: 'runbooks/raise-memory',
    description: `Gives the tasks of ${ecs.service} another revision of their task definition`,
  }).addToRolePolicy({ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [serviceArn(config)] });
  raiseMemory.role.addToPolicy(readTaskDefinition);
  Validations.of(raiseMemory.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'Task definitions: reading knows no narrower resource, and the family of the service is not known beforehand.',
  });
  if (taskRoles) {
    raiseMemory
      .addToRolePolicy({ actions: ['ecs:RegisterTaskDefinition'], resources: ['*'] })
      .addToRolePolicy({
        actions: ['ecs:TagResource'],
        resources: [arn('task-definition/*')],
        conditions: {
          StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
        },
      })
      .addToRolePolicy({
        actions: ['iam:PassRole'],
        resources: taskRoles,
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      });
    Validations.of(raiseMemory.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task-definition/*]',
      reason: 'Tags are given only to what is being registered, by a condition.',
    });
  }
  const { functionName, functionArn } = raiseMemory.function;
  const runbook = (id: string, name: string) =>
    new AutomationDocument(scope, id, {
      runbook: name,
      service,
      defaults: { FunctionName: functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
      permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] })],
    });
  return {
    raise: taskRoles ? [runbook('RaiseMemory', 'raise-memory')] : [],
    goBack: runbook('ReturnToRevision', 'return-to-revision'),
  };
}
