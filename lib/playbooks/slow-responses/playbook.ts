import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../../lambda/domain/incident/signal.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { scaleUp } from '../../remedies/scale-up.ts';
import { type BoundPlaybook, type Playbook, serviceAlarm } from '../playbook.ts';

/** The service answers, and takes too long, whatever the cause. */
export class SlowResponses implements Playbook {
  readonly name = 'SlowResponses';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const { scaleUpTo, modes, mode } = config.serviceHealth;
    return {
      settings: { mode, modes: { 'scale-up': modes['scale-up'] } },
      remedies: scaleUpTo === undefined ? [] : [scaleUp(parent, config, scaleUpTo, this.name)],
      probed: true,
      policy: {
        name: this.name,
        title: 'Slow Responses',
        impact: 'The service takes too long to answer',
        customers: { title: 'Slow responses', impact: 'The service takes longer than usual to answer.' },
        symptom: true,
        alarms: this.alarms(scope, config),
      },
    };
  }

  private alarms(scope: Construct, config: ServiceConfig): PlaybookPolicy['alarms'] {
    const { noticeable, severe } = config.serviceHealth;
    const measured = [
      { metric: 'seconds', suffix: 'response-time', bound: 'average', reads: 'Response time, average' },
      { metric: 'p95', suffix: 'response-time-p95', bound: 'p95', reads: 'Response time, slowest one in twenty' },
      { metric: 'healthSeconds', suffix: 'health-time', bound: 'p95', reads: 'Response time, slowest health URL' },
    ] as const;
    const levels = [
      { level: 'critical', bounds: severe, minutes: 5, suffix: '-severe' },
      { level: 'warning', bounds: noticeable, minutes: 10, suffix: '' },
    ] as const;
    const alarms = levels.flatMap(({ level, bounds, minutes, suffix }) =>
      measured.map(({ metric, reads, bound, suffix: measure }): [string, SignalLevel] => [
        serviceAlarm(scope, config, {
          playbook: this.name,
          level,
          suffix: `${measure}${suffix}`,
          alarmDescription: reads,
          metric: probeMetric(config, metric, 'Average'),
          threshold: bounds[bound],
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          evaluationPeriods: minutes,
          datapointsToAlarm: minutes,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }),
        level,
      ]),
    );
    return Object.fromEntries(alarms);
  }
}
