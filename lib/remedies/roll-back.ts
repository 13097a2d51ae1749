import { Duration, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/service-config.ts';
import { arn, arnInFindings } from '../platform/arn.ts';
import { ResponderFunction } from '../platform/responder-function.ts';
import { Remedy } from './remedy.ts';

/** Takes the latest deployment back, when it is to blame. */
export function rollBack(parent: Construct, { service, ecs }: ServiceConfig, usedBy: string): Remedy {
  return Remedy.shared(parent, 'RollBack', {
    usedBy,
    step: {
      name: 'roll-back',
      title: `Roll ${ecs.service} back to the version before the latest deployment`,
      parameters: { DeploymentArn: { object: 'suspectDeployment' } },
      mode: 'auto',
      minimumSeverity: 'P3',
      target: `${ecs.cluster}/${ecs.service}`,
      // Longer than a deployment can be blamed: a rollback must not be rolled back.
      cooldownMinutes: 120,
      blastRadius: { fact: 'desiredTasks', touches: 1, maximumShare: 1 },
      causes: [
        {
          fact: 'deploymentSuspect',
          atLeast: 1,
          means: 'a deployment is to blame',
          otherwise: 'no deployment is to blame',
        },
      ],
      needs: [
        {
          fact: 'suspectIsLatest',
          atLeast: 1,
          otherwise: 'a newer deployment has taken the place of the one to blame',
        },
        {
          fact: 'rollingUpdates',
          atLeast: 1,
          otherwise:
            'ECS does not deploy the service by rolling updates: take the deployment back with the tool that made it',
        },
      ],
      verifyMinutes: 8,
    },
    document: () => ({
      runbook: 'roll-back',
      service,
      worker: rollBackFunction(parent, ecs),
      defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    }),
  });
}

function rollBackFunction(parent: Construct, { cluster, service }: ServiceConfig['ecs']): ResponderFunction {
  const resource = (type: string, rest = '') => arn('ecs', `${type}/${cluster}/${service}${rest}`);
  const fn = new ResponderFunction(parent, 'RollBackFunction', {
    folder: 'runbooks/roll-back',
    description: `Takes a deployment of ${service} back`,
    timeout: Duration.minutes(1),
  }).addToRolePolicy(
    {
      actions: ['ecs:DescribeServices', 'ecs:ListServiceDeployments', 'ecs:UpdateService'],
      resources: [resource('service')],
    },
    // IAM requires the service beside a deployment or a revision.
    {
      actions: ['ecs:DescribeServiceDeployments', 'ecs:StopServiceDeployment'],
      resources: [resource('service-deployment', '/*'), resource('service')],
    },
    {
      actions: ['ecs:DescribeServiceRevisions'],
      resources: [resource('service-revision', '/*'), resource('service')],
    },
  );
  for (const type of ['service-deployment', 'service-revision'])
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arnInFindings('ecs', `${type}/${cluster}/${service}/*`)}]`,
      reason: 'ECS gives the ids of deployments and revisions as they come; the service they belong to is fixed.',
    });
  return fn;
}
