import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../config/service-config.ts';
import { arn } from '../platform/arn.ts';
import { ResponderFunction } from '../platform/responder-function.ts';
import { Remedy } from './remedy.ts';

/**
 * Scales up where tasks are overrun or missing: more of them mend nothing else. A person who knows that the load is gone scales
 * down again; if it did harm, it is reverted at once.
 */
export function scaleUp(parent: Construct, { service, ecs }: ServiceConfig, reaches: number, usedBy: string): Remedy {
  return Remedy.shared(parent, 'ScaleUp', {
    usedBy,
    step: {
      name: 'scale-up',
      title: `Scale ${ecs.service} up to ${reaches} tasks`,
      parameters: { DesiredCount: String(reaches), ExpectedCount: { fact: 'desiredTasks' } },
      mode: 'auto',
      minimumSeverity: 'P2',
      target: `${ecs.cluster}/${ecs.service}`,
      cooldownMinutes: 60,
      // Twice as many at most: whatever holds up the service must hold up its database.
      blastRadius: { fact: 'desiredTasks', reaches, maximumShare: 1 },
      causes: [
        { fact: 'missingTasks', atLeast: 1, means: 'tasks missing: {}', otherwise: 'no task is missing' },
        { fact: 'cpuPercent', atLeast: 80, means: 'the tasks use {} % of their CPU' },
      ],
      needs: [
        { fact: 'scalingMaximum', atLeast: reaches, otherwise: 'Application Auto Scaling allows fewer tasks' },
        {
          fact: 'databaseConnectionsShare',
          under: 0.5,
          otherwise: 'the database has no room for twice the connections',
        },
      ],
      verifyMinutes: 6,
      revert: {
        title: `Scale ${ecs.service} back down`,
        parameters: { DesiredCount: { fact: 'desiredTasks' }, ExpectedCount: String(reaches) },
        when: 'worse',
      },
    },
    document: () => ({
      runbook: 'scale-up',
      service,
      worker: new ResponderFunction(parent, 'ScaleUpFunction', {
        folder: 'runbooks/scale-up',
        description: `Raises the number of tasks of ${ecs.service}`,
        timeout: Duration.seconds(45),
      }).addToRolePolicy({
        actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
        resources: [arn('ecs', `service/${ecs.cluster}/${ecs.service}`)],
      }),
      defaults: { ClusterName: ecs.cluster, ServiceName: ecs.service },
    }),
  });
}
