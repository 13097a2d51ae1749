import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../../lambda/domain/incident/signal.ts';
import { thousands } from '../../../lambda/domain/kernel/numbers.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { serviceAlarm } from '../playbook.ts';

/** The members of an Aurora cluster by their role, as CloudWatch has them. Each member allows as many connections. */
const ROLES = [
  { role: 'WRITER', suffix: 'database-connections', of: 'writer', missing: TreatMissingData.MISSING },
  // A cluster without readers reports nothing of them, which is no trouble.
  {
    role: 'READER',
    suffix: 'database-connections-readers',
    of: 'readers',
    missing: TreatMissingData.NOT_BREACHING,
  },
];

/**
 * Connections by role, at the configured shares of what the database allows: of the readers it is their average. That
 * there is no writer `DatabaseAvailability` knows: a metric that does not come proves nothing.
 */
export function connectionAlarms(scope: Construct, playbook: string, config: ServiceConfig): PlaybookPolicy['alarms'] {
  const { cluster, maxConnections } = config.database;
  const { warning, critical } = config.databaseConnections;
  const levels: [SignalLevel, number][] = [
    ['warning', warning],
    ['critical', critical],
  ];
  const alarms = ROLES.flatMap(({ role, suffix, of, missing }) =>
    levels.map(([level, share]) => {
      const name = serviceAlarm(scope, config, {
        playbook,
        level,
        suffix: `${suffix}-${level}`,
        alarmDescription: `Connections to the database ${of}, of ${thousands(maxConnections)}`,
        metric: new Metric({
          namespace: 'AWS/RDS',
          metricName: 'DatabaseConnections',
          dimensionsMap: { DBClusterIdentifier: cluster, Role: role },
          statistic: 'Average',
          period: Duration.minutes(1),
        }),
        threshold: Math.floor(maxConnections * share),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
        treatMissingData: missing,
      });
      return [name, level] as const;
    }),
  );
  return Object.fromEntries(alarms);
}
