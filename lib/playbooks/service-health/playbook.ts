import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../../lambda/domain/incident/signal.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { maintenanceMode } from '../../remedies/maintenance-mode.ts';
import { rollBack } from '../../remedies/roll-back.ts';
import { scaleUp } from '../../remedies/scale-up.ts';
import { type BoundPlaybook, type Playbook, type ServiceAlarmProps, serviceAlarm } from '../playbook.ts';

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD, GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const { MISSING, NOT_BREACHING } = TreatMissingData;

/** The service is down, or fails, whatever the cause: the runbook's 2.4, immediate mitigation. */
export class ServiceHealth implements Playbook {
  readonly name = 'ServiceHealth';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const scope = new Construct(parent, this.name);
    const { scaleUpTo, maintenance } = config.serviceHealth;
    return {
      settings: config.serviceHealth,
      remedies: [
        rollBack(parent, config, this.name),
        ...(scaleUpTo === undefined ? [] : [scaleUp(parent, config, scaleUpTo, this.name)]),
        ...(maintenance ? [maintenanceMode(scope, config, maintenance)] : []),
      ],
      probed: true,
      policy: {
        name: this.name,
        title: 'Service Down',
        impact: 'The service does not answer, or answers with errors or too late',
        customers: { title: 'Service unavailable', impact: 'The service does not answer, or answers with errors.' },
        symptom: true,
        alarms: this.alarms(scope, config),
      },
    };
  }

  /** A service that is down is reported after two or three minutes, one that fails in large part after five, and one that fails in small part after ten. */
  private alarms(scope: Construct, config: ServiceConfig): PlaybookPolicy['alarms'] {
    const { failingShare } = config.serviceHealth;
    const alarm = (suffix: string, minutes: number, props: Omit<Given, 'suffix'>) => {
      const periods = { evaluationPeriods: minutes, datapointsToAlarm: minutes };
      return { [serviceAlarm(scope, config, { playbook: this.name, suffix, ...periods, ...props })]: props.level };
    };
    const failing = (suffix: string, minutes: number, level: SignalLevel, threshold: number, over: boolean) =>
      alarm(suffix, minutes, {
        level,
        alarmDescription: 'Requests failing',
        metric: probeMetric(config, 'errors', 'Average'),
        threshold,
        comparisonOperator: over ? GREATER_THAN_THRESHOLD : GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: NOT_BREACHING,
      });
    return {
      ...alarm('health-down', 3, {
        level: 'critical',
        alarmDescription: 'Health URLs failing, all of them',
        metric: probeMetric(config, 'health', 'Minimum'),
        threshold: 1,
        comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: MISSING,
      }),
      ...alarm('health-failing', 5, {
        level: 'critical',
        alarmDescription: 'Health URLs failing',
        metric: probeMetric(config, 'health', 'Minimum'),
        threshold: 0,
        comparisonOperator: GREATER_THAN_THRESHOLD,
        treatMissingData: MISSING,
      }),
      ...alarm('no-task-running', 2, {
        level: 'critical',
        alarmDescription: `Running tasks of ${config.ecs.service}`,
        metric: probeMetric(config, 'tasks', 'Maximum'),
        threshold: 1,
        comparisonOperator: LESS_THAN_THRESHOLD,
        treatMissingData: MISSING,
      }),
      // The bounds of P1, P2 and P3.
      ...failing('errors-half', 3, 'critical', 0.5, true),
      ...failing('errors-quarter', 5, 'critical', 0.25, true),
      ...failing('errors', 10, 'warning', failingShare, false),
    };
  }
}

type Given = Omit<ServiceAlarmProps, 'playbook' | 'evaluationPeriods' | 'datapointsToAlarm'>;
