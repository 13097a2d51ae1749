import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { MONITORING } from '../../lambda/domain/blindness.ts';
import type { ServiceConfig } from '../config.ts';
import { type BoundPlaybook, type Playbook, serviceAlarm } from '../playbook.ts';
import { probeMetric } from '../probe-metric.ts';

/** Nobody sees how the service is. Nothing is done about the service, which may be well. */
export class Monitoring implements Playbook {
  readonly name = MONITORING;

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const silent = serviceAlarm(scope, config, {
      playbook: this.name,
      level: 'critical',
      suffix: 'probe-silent',
      alarmDescription: 'The probe has not measured the service for 5 minutes: nobody sees whether it is well',
      metric: probeMetric(config, 'health', 'SampleCount'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // Of nothing measured there is not even a count of zero.
      treatMissingData: TreatMissingData.BREACHING,
    });
    return {
      runbooks: [],
      probed: true,
      policy: {
        name: this.name,
        title: 'Monitoring Is Blind',
        impact: 'None is known: nobody sees whether the service is well',
        apart: true,
        internal: true,
        alarms: { [silent]: 'critical' },
        plan: [],
      },
    };
  }
}
