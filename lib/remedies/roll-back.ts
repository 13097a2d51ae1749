import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Step } from '../../lambda/domain/policy.ts';
import type { ServiceConfig } from '../config.ts';
import { Runbook } from '../runbook.ts';

/** The runbook that takes the latest deployment back: one for all playbooks of the service. */
export function rollBackRunbook(parent: Construct, { service, ecs }: ServiceConfig): Runbook {
  const existing = parent.node.tryFindChild('RollBack');
  if (existing instanceof Runbook) return existing;
  const arn = (type: string, rest = '') =>
    `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${type}/${ecs.cluster}/${ecs.service}${rest}`;
  const runbook = new Runbook(parent, 'RollBack', {
    runbook: 'roll-back',
    service,
    defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    permissions: [
      new PolicyStatement({
        actions: ['ecs:DescribeServices', 'ecs:ListServiceDeployments', 'ecs:UpdateService'],
        resources: [arn('service')],
      }),
      new PolicyStatement({
        actions: ['ecs:DescribeServiceDeployments', 'ecs:StopServiceDeployment'],
        resources: [arn('service-deployment', '/*')],
      }),
      new PolicyStatement({ actions: ['ecs:DescribeServiceRevisions'], resources: [arn('service-revision', '/*')] }),
    ],
  });
  for (const type of ['service-deployment', 'service-revision'])
    Validations.of(runbook.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:${type}/${ecs.cluster}/${ecs.service}/*]`,
      reason: 'ECS gives the ids of deployments and revisions as they come; the service they belong to is fixed.',
    });
  return runbook;
}

/** Takes the latest deployment back, when it is to blame. */
export function rollBack({ ecs }: ServiceConfig, { runbook, documentName }: Runbook): Step {
  return {
    name: 'roll-back',
    title: `Roll ${ecs.service} back to the version before the latest deployment`,
    runbook,
    document: documentName,
    parameters: {},
    mode: 'auto',
    minimumSeverity: 'P3',
    target: `${ecs.cluster}/${ecs.service}`,
    // Longer than a deployment can be blamed: a rollback must not be rolled back.
    cooldownMinutes: 120,
    blastRadius: { fact: 'desiredTasks', touches: 1, maximumShare: 1 },
    causes: [{ fact: 'deploymentSuspect', atLeast: 1, means: 'a deployment is to blame' }],
    verifyMinutes: 6,
  };
}
