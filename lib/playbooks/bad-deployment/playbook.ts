import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { rollBack } from '../../remedies/roll-back.ts';
import { type BoundPlaybook, type Playbook, serviceAlarm } from '../playbook.ts';

/** A deployment failed, or requests began to fail with one. */
export class BadDeployment implements Playbook {
  readonly name = 'BadDeployment';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const alarm = serviceAlarm(scope, config, {
      playbook: this.name,
      level: 'critical',
      suffix: 'deployment-failing',
      alarmDescription: 'A deployment failed, or requests began to fail with it',
      metric: probeMetric(config, 'deployment', 'Maximum'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.MISSING,
    });
    return {
      settings: config.badDeployment,
      remedies: [rollBack(parent, config, this.name)],
      probed: true,
      policy: {
        name: this.name,
        title: 'Bad Deployment',
        impact: 'Requests fail since the latest deployment, or its tasks do not start',
        customers: { title: 'Errors after an update', impact: 'Some requests fail since our latest update.' },
        alarms: { [alarm]: 'critical' },
      },
    };
  }
}
