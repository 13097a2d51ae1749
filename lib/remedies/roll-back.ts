import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Step } from '../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { ResponderFunction } from '../platform/responder-function.ts';
import { AutomationDocument } from './automation-document.ts';

/** The runbook that takes a deployment back: one for all playbooks of the service. The work is its function's. */
export function rollBackRunbook(parent: Construct, { service, ecs }: ServiceConfig): AutomationDocument {
  const existing = parent.node.tryFindChild('RollBack');
  if (existing instanceof AutomationDocument) return existing;
  const arn = (type: string, rest = '') =>
    `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${type}/${ecs.cluster}/${ecs.service}${rest}`;
  const { function: fn, role } = new ResponderFunction(parent, 'RollBackFunction', {
    folder: 'runbooks/roll-back',
    description: `Takes a deployment of ${ecs.service} back`,
    timeout: Duration.minutes(1),
  })
    .addToRolePolicy({
      actions: ['ecs:DescribeServices', 'ecs:ListServiceDeployments', 'ecs:UpdateService'],
      resources: [arn('service')],
    })
    // IAM may ask for the service beside what is named.
    .addToRolePolicy({
      actions: ['ecs:DescribeServiceDeployments', 'ecs:StopServiceDeployment'],
      resources: [arn('service-deployment', '/*'), arn('service')],
    })
    .addToRolePolicy({
      actions: ['ecs:DescribeServiceRevisions'],
      resources: [arn('service-revision', '/*'), arn('service')],
    });
  for (const type of ['service-deployment', 'service-revision'])
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:${type}/${ecs.cluster}/${ecs.service}/*]`,
      reason: 'ECS gives the ids of deployments and revisions as they come; the service they belong to is fixed.',
    });
  return new AutomationDocument(parent, 'RollBack', {
    runbook: 'roll-back',
    service,
    defaults: { FunctionName: fn.functionName, ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}

/** Takes the latest deployment back, when it is to blame. */
export function rollBack({ ecs }: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'roll-back',
    title: `Roll ${ecs.service} back to the version before the latest deployment`,
    runbook,
    document: documentName,
    parameters: { DeploymentArn: { object: 'suspectDeployment' } },
    mode: 'auto',
    minimumSeverity: 'P3',
    target: `${ecs.cluster}/${ecs.service}`,
    // Longer than a deployment can be blamed: a rollback must not be rolled back.
    cooldownMinutes: 120,
    blastRadius: { fact: 'desiredTasks', touches: 1, maximumShare: 1 },
    causes: [{ fact: 'deploymentSuspect', atLeast: 1, means: 'a deployment is to blame' }],
    needs: [
      { fact: 'suspectIsLatest', atLeast: 1, otherwise: 'a newer deployment has taken the place of the one to blame' },
      {
        fact: 'rollingUpdates',
        atLeast: 1,
        otherwise:
          'ECS does not deploy the service by rolling updates: take the deployment back with the tool that made it',
      },
    ],
    verifyMinutes: 8,
  };
}
