import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { LOST_IN_A_ROW } from '../../../lambda/domain/diagnosis/writer.ts';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { serviceAlarm } from '../playbook.ts';

/** RDS knows whether there is a writer, the database whether it refuses writes: a metric that does not come proves nothing. */
export function writerAlarms(scope: Construct, playbook: string, config: ServiceConfig): PlaybookPolicy['alarms'] {
  const { cluster } = config.database;
  const lost = {
    'database-writer-gone': {
      metric: probeMetric(config, 'writerGone', 'Minimum'),
      alarmDescription: `The database cluster ${cluster} has no writer, or does not exist`,
    },
    'database-read-only': {
      metric: probeMetric(config, 'writerReadOnly', 'Minimum'),
      alarmDescription: `The database cluster ${cluster} refuses writes: its writer is read-only`,
    },
  };
  const alarms = Object.entries(lost).map(([suffix, own]) =>
    serviceAlarm(scope, config, {
      ...{ playbook, level: 'critical', suffix, ...own },
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: LOST_IN_A_ROW,
      datapointsToAlarm: LOST_IN_A_ROW,
      treatMissingData: TreatMissingData.MISSING,
    }),
  );
  return Object.fromEntries(alarms.map(name => [name, 'critical' as const]));
}
