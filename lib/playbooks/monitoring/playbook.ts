import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { MONITORING } from '../../../lambda/domain/intake/blindness.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { type BoundPlaybook, type Playbook, serviceAlarm } from '../playbook.ts';
import { seeGroup } from '../redis-health/remedies.ts';

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
      // Where nothing is measured there is not even a count of zero.
      treatMissingData: TreatMissingData.BREACHING,
    });
    const missing = serviceAlarm(scope, config, {
      playbook: this.name,
      level: 'warning',
      suffix: 'names-missing',
      alarmDescription:
        'Resources that the configuration names and AWS does not have, so nobody sees whether they are well',
      metric: probeMetric(config, 'namesMissing', 'Maximum'),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // A resource that is being replaced may be gone for a while.
      evaluationPeriods: 10,
      datapointsToAlarm: 10,
      treatMissingData: TreatMissingData.MISSING,
    });
    const seeNames = [
      new PolicyStatement({ actions: ['elasticloadbalancing:DescribeLoadBalancers'], resources: ['*'] }),
      ...(config.redis ? [seeGroup(config.redis)] : []),
    ];
    return {
      remedies: [],
      probed: true,
      permissions: { diagnose: seeNames, probe: seeNames },
      policy: {
        name: this.name,
        title: 'Monitoring Is Blind',
        impact: 'None is known: nobody sees whether the service is well',
        independent: true,
        internal: true,
        alarms: { [silent]: 'critical', [missing]: 'warning' },
        checks: ['configured names'],
      },
    };
  }
}
