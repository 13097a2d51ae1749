import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Step } from '../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { ResponderFunction } from '../platform/responder-function.ts';
import { AutomationDocument } from './automation-document.ts';

/** The runbook that raises the number of tasks: one for all playbooks of the service. */
export function scaleUpRunbook(parent: Construct, { service, ecs }: ServiceConfig): AutomationDocument {
  const existing = parent.node.tryFindChild('ScaleUp');
  if (existing instanceof AutomationDocument) return existing;
  const arn = `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:service/${ecs.cluster}/${ecs.service}`;
  const { function: fn } = new ResponderFunction(parent, 'ScaleUpFunction', {
    folder: 'runbooks/scale-up',
    description: `Raises the number of tasks of ${ecs.service}`,
  }).addToRolePolicy({ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [arn] });
  return new AutomationDocument(parent, 'ScaleUp', {
    runbook: 'scale-up',
    service,
    defaults: { FunctionName: fn.functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}

/**
 * Only where tasks are overrun or missing: more of them mend nothing else. It is put back by whoever knows that the
 * load is gone, or at once if it did harm.
 */
export function scaleUp({ ecs }: ServiceConfig, { runbook, documentName }: AutomationDocument, reaches: number): Step {
  return {
    name: 'scale-up',
    title: `Scale ${ecs.service} up to ${reaches} tasks`,
    runbook,
    document: documentName,
    parameters: { DesiredCount: String(reaches), ExpectedCount: { fact: 'desiredTasks' } },
    mode: 'auto',
    minimumSeverity: 'P2',
    target: `${ecs.cluster}/${ecs.service}`,
    cooldownMinutes: 60,
    // Twice as many at most: what holds up the service must hold up its database.
    blastRadius: { fact: 'desiredTasks', reaches, maximumShare: 1 },
    causes: [
      { fact: 'missingTasks', atLeast: 1, means: 'tasks missing: {}' },
      { fact: 'cpuPercent', atLeast: 80, means: 'the tasks use {} % of their CPU' },
    ],
    needs: [
      { fact: 'scalingMaximum', atLeast: reaches, otherwise: 'Application Auto Scaling allows fewer tasks' },
      { fact: 'databaseConnectionsShare', under: 0.5, otherwise: 'the database has no room for twice the connections' },
    ],
    verifyMinutes: 6,
    revert: {
      title: `Scale ${ecs.service} back down`,
      parameters: { DesiredCount: { fact: 'desiredTasks' }, ExpectedCount: String(reaches) },
      when: 'worse',
    },
  };
}
