import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../../lambda/domain/incident/signal.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { serviceAlarm } from '../playbook.ts';

/** On what the probe measures every minute. Minutes in which it could not are minutes in which nobody sees. */
export function certificateAlarms(scope: Construct, playbook: string, config: ServiceConfig): PlaybookPolicy['alarms'] {
  const { warningDays, criticalDays } = config.certificateExpiry;
  const common = { playbook, evaluationPeriods: 3, datapointsToAlarm: 3, treatMissingData: TreatMissingData.MISSING };
  const ends = (level: SignalLevel, days: number) =>
    serviceAlarm(scope, config, {
      ...common,
      level,
      suffix: `certificate-expiry-${level}`,
      alarmDescription: 'Time until the first certificate expires',
      metric: probeMetric(config, 'certificateDays', 'Minimum'),
      threshold: days,
      comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    });
  const faults = serviceAlarm(scope, config, {
    ...common,
    level: 'warning',
    suffix: 'certificate-faults',
    alarmDescription: 'Certificates that are not trusted, are for another name, or are not being renewed',
    metric: probeMetric(config, 'certificateFaults', 'Minimum'),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  });
  return {
    [ends('warning', warningDays)]: 'warning',
    [ends('critical', criticalDays)]: 'critical',
    [faults]: 'warning',
  };
}
