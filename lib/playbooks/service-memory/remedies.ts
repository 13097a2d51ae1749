import { Duration, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { arn, arnInFindings } from '../../platform/arn.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { Remedy, type RemedyStep } from '../../remedies/remedy.ts';
import { readTaskDefinition, serviceArn, shortOfMemory, targetOf } from './statements.ts';

/** The alarm of a killed task clears only when this much time has passed since; a few minutes more are for seeing it. */
const VERIFY_MINUTES = 13;

export function restartTasks(scope: Construct, config: ServiceConfig): Remedy {
  const { service, ecs } = config;
  return new Remedy(scope, 'RestartTasks', {
    runbook: 'restart-tasks',
    service,
    worker: new ResponderFunction(scope, 'RestartTasksFunction', {
      folder: 'runbooks/restart-tasks',
      description: `Starts the tasks of ${ecs.service} anew`,
      timeout: Duration.seconds(45),
    }).addToRolePolicy({ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [serviceArn(config)] }),
    defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    step: {
      name: 'restart-tasks',
      title: `Restart the tasks of ${config.ecs.service}, none stopped before another has started`,
      parameters: { TaskDefinition: { object: 'taskDefinition' } },
      mode: 'auto',
      minimumSeverity: 'P3',
      target: targetOf(config),
      cooldownMinutes: 120,
      blastRadius: { fact: 'runningTasks', touches: 1, maximumShare: 1 },
      causes: shortOfMemory(config),
      needs: [
        { fact: 'tasksToRestart', atLeast: 1, otherwise: 'the tasks cannot be replaced, as the diagnosis says' },
        // While both run, the former tasks and the new ones hold connections.
        {
          fact: 'databaseConnectionsShare',
          under: 0.5,
          otherwise: 'the database has no room for twice the connections',
        },
      ],
      verifyMinutes: VERIFY_MINUTES,
    },
  });
}

/**
 * Raises the memory of the tasks, where the roles are known that a larger task must be given, and returns to a former
 * revision. One function does both, as both deploy another revision of the task definition.
 */
export function revisionRemedies(scope: Construct, config: ServiceConfig): { raise: Remedy[]; goBack: Remedy } {
  const { service, ecs, serviceMemory } = config;
  const worker = revisionFunction(scope, config);
  const remedy = (id: string, runbook: string, step: RemedyStep) =>
    new Remedy(scope, id, {
      ...{ runbook, service, worker, step },
      defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    });
  return {
    raise: serviceMemory.taskRoles ? [remedy('RaiseMemory', 'raise-memory', raiseMemory(config))] : [],
    goBack: remedy('ReturnToRevision', 'return-to-revision', returnToRevision(config)),
  };
}

function revisionFunction(scope: Construct, config: ServiceConfig): ResponderFunction {
  const { taskRoles } = config.serviceMemory;
  const fn = new ResponderFunction(scope, 'RaiseMemoryFunction', {
    folder: 'runbooks/raise-memory',
    description: `Gives the tasks of ${config.ecs.service} another revision of their task definition`,
    timeout: Duration.seconds(45),
  }).addToRolePolicy(
    { actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [serviceArn(config)] },
    readTaskDefinition,
  );
  Validations.of(fn.role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'Task definitions: reading knows no narrower resource, and the family of the service is not known beforehand.',
  });
  if (!taskRoles) return fn;
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arnInFindings('ecs', 'task-definition/*')}]`,
    reason: 'Tags are given only to what is being registered, by a condition.',
  });
  return fn.addToRolePolicy(
    { actions: ['ecs:RegisterTaskDefinition'], resources: ['*'] },
    {
      actions: ['ecs:TagResource'],
      resources: [arn('ecs', 'task-definition/*')],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    },
    {
      actions: ['iam:PassRole'],
      resources: taskRoles,
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
  );
}

/** Costs more from then on, and hides a leak for a while: a person decides. */
function raiseMemory(config: ServiceConfig): RemedyStep {
  const { service } = config.ecs;
  return {
    name: 'raise-memory',
    title: `Give the tasks of ${service} the next larger size of Fargate`,
    parameters: { Revision: 'next', TaskDefinition: { object: 'taskDefinition' } },
    mode: 'approve',
    minimumSeverity: 'P3',
    target: targetOf(config),
    cooldownMinutes: 1440,
    blastRadius: { fact: 'runningTasks', touches: 1, maximumShare: 1 },
    causes: shortOfMemory(config),
    needs: [{ fact: 'memoryRaisable', atLeast: 1, otherwise: 'memory cannot be raised, as the diagnosis says' }],
    verifyMinutes: VERIFY_MINUTES,
    revert: {
      title: `Give the tasks of ${service} their former size again`,
      parameters: { Revision: { fact: 'taskRevision' } },
      when: 'failed',
    },
  };
}

/** Returns to the revision before the climb, and not to the one before the latest deployment, which is the restart by then. */
function returnToRevision(config: ServiceConfig): RemedyStep {
  return {
    name: 'roll-back',
    title: `Roll ${config.ecs.service} back to the version before its memory began to climb`,
    parameters: { Revision: { object: 'versionBeforeClimb' }, TaskDefinition: { object: 'taskDefinition' } },
    mode: 'approve',
    minimumSeverity: 'P3',
    target: targetOf(config),
    cooldownMinutes: 120,
    blastRadius: { fact: 'revisionBeforeClimb', touches: 1, maximumShare: 1 },
    causes: [
      {
        fact: 'climbBeganWithDeployment',
        atLeast: 1,
        means: 'memory began to climb with a deployment',
        otherwise: 'the climb did not begin with a deployment',
      },
    ],
    needs: [{ fact: 'rollingUpdates', atLeast: 1, otherwise: 'ECS does not deploy the service by rolling updates' }],
    verifyMinutes: VERIFY_MINUTES,
  };
}
