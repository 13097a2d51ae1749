import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../../lambda/domain/incident/signal.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { serviceAlarm } from '../playbook.ts';

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: comparisonOperator } = ComparisonOperator;

/** Tasks of ten minutes that end by themselves: one or two are replaced, and nothing more. */
const RESTARTS = 3;

/** Memory in use by all tasks on average, tasks that were killed for want of it, and tasks that keep ending. */
export function memoryAlarms(scope: Construct, playbook: string, config: ServiceConfig): PlaybookPolicy['alarms'] {
  const { warning, critical } = config.serviceMemory;
  const used = new Metric({
    namespace: 'AWS/ECS',
    metricName: 'MemoryUtilization',
    dimensionsMap: { ClusterName: config.ecs.cluster, ServiceName: config.ecs.service },
    statistic: 'Average',
    period: Duration.minutes(1),
  });
  const high = (level: SignalLevel, share: number) =>
    serviceAlarm(scope, config, {
      ...{ playbook, level, suffix: `memory-${level}`, metric: used, threshold: share * 100, comparisonOperator },
      alarmDescription: 'Memory used by the tasks',
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // No task, no data, which is no sign of recovery. That none runs, ServiceHealth tells.
      treatMissingData: TreatMissingData.MISSING,
    });
  const counted = (suffix: string, metric: 'kills' | 'restarts', threshold: number, minutes: number, said: string) =>
    serviceAlarm(scope, config, {
      ...{ playbook, level: 'warning', suffix, metric: probeMetric(config, metric, 'Maximum'), threshold },
      comparisonOperator,
      alarmDescription: said,
      evaluationPeriods: minutes,
      datapointsToAlarm: minutes,
      treatMissingData: TreatMissingData.MISSING,
    });
  return {
    [high('warning', warning)]: 'warning',
    [high('critical', critical)]: 'critical',
    [counted('oom-kills', 'kills', 1, 1, 'Tasks killed for want of memory in 10 minutes')]: 'warning',
    // Five, so that what knows a cause for tasks that end, a deployment or a full database, is at work before.
    [counted('task-restarts', 'restarts', RESTARTS, 5, 'Tasks that ended by themselves in 10 minutes')]: 'warning',
  };
}
