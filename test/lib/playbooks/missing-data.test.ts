import { describe, expect, it } from 'vitest';
import { PROBE_METRICS } from '../../../lambda/domain/diagnosis/probe-metrics.ts';
import { SUBSCRIPTION_METRICS } from '../../../lambda/domain/on-call/subscriptions.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { everything } from '../../support/everything.ts';
import { resources, synthesise } from '../../support/stack.ts';

/**
 * `steady`: reported as long as what it is of is there, so that silence is blindness. `occasional`: there only when
 * something happens, or rightly unknown at times, so that silence says nothing. `pulse`: the sign of life of what
 * watches, so that silence is the alarm. `task`: of a scheduled task of our own, whose failure is told by its dead
 * letters: until it runs again, its last word stands.
 */
const TREATMENTS = { steady: 'missing', occasional: 'notBreaching', pulse: 'breaching', task: 'ignore' } as const;
type Kind = keyof typeof TREATMENTS;

const PROBED: Record<keyof typeof PROBE_METRICS, Kind> = {
  health: 'steady',
  // Of too few requests nobody can tell.
  errors: 'occasional',
  seconds: 'occasional',
  p95: 'occasional',
  healthSeconds: 'occasional',
  tasks: 'steady',
  deployment: 'steady',
  kills: 'steady',
  restarts: 'steady',
  // Of rules that name what cannot be looked into nobody can tell.
  cachePath: 'occasional',
  cacheNodesGone: 'steady',
  writerGone: 'steady',
  namesMissing: 'steady',
  writerReadOnly: 'steady',
  certificateDays: 'steady',
  certificateFaults: 'steady',
};

/** By namespace and name; a dimension or a statistic where these make the difference. */
const KINDS: Record<string, Kind> = {
  ...Object.fromEntries(
    Object.entries(PROBE_METRICS).map(([metric, name]) => [`IncidentResponse ${name}`, PROBED[metric as never]]),
  ),
  'IncidentResponse HealthFailingShare SampleCount': 'pulse',
  ...Object.fromEntries(Object.values(SUBSCRIPTION_METRICS).map(name => [`IncidentResponse ${name}`, 'task' as const])),
  'AWS/RDS DatabaseConnections WRITER': 'steady',
  // A cluster need not have readers.
  'AWS/RDS DatabaseConnections READER': 'occasional',
  'AWS/ECS MemoryUtilization': 'steady',
  'AWS/ApplicationELB TargetResponseTime': 'occasional',
  'AWS/ElastiCache EngineCPUUtilization': 'steady',
  'AWS/ElastiCache DatabaseMemoryUsagePercentage': 'steady',
  'AWS/ElastiCache CurrConnections': 'steady',
  'AWS/ElastiCache Evictions': 'steady',
  // Nobody may ask it.
  'AWS/ElastiCache CacheHitRate': 'occasional',
  // The primary reports none.
  'AWS/ElastiCache ReplicationLag': 'occasional',
  'AWS/SQS ApproximateNumberOfMessagesVisible': 'occasional',
  'AWS/Lambda Invocations': 'pulse',
  'AWS/Lambda Errors': 'occasional',
};

interface Watched {
  Namespace: string;
  MetricName: string;
  Statistic: string;
  Dimensions?: { Name: string; Value: string }[];
}

function kindOf({ Namespace, MetricName, Statistic, Dimensions = [] }: Watched): Kind | undefined {
  const metric = `${Namespace} ${MetricName}`;
  const role = Dimensions.find(({ Name }) => Name === 'Role')?.Value;
  return KINDS[`${metric} ${role}`] ?? KINDS[`${metric} ${Statistic}`] ?? KINDS[metric];
}

const { redis, ...others } = everything;
const single = defineService({ ...others, redis: { ...redis, nodes: ['cache-001'] } as never });

describe.each([
  ['with every part that can be configured', everything],
  ['with a single node of the cache', single],
])('every alarm of the template, %s,', (_, config) => {
  const alarms = resources(synthesise(config).template, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);

  it('takes missing data for what it is of its metric', () => {
    expect(alarms.length).toBeGreaterThan(30);
    for (const alarm of alarms) {
      const kind = kindOf(alarm as Watched);
      expect(kind, `${alarm.AlarmName} stands on a metric of which it is not known when it is reported`).toBeDefined();
      expect(alarm.TreatMissingData, alarm.AlarmName).toBe(TREATMENTS[kind ?? 'steady']);
    }
  });

  it('of a silent probe is there, and is the only one of the service that silence sets off', () => {
    const breaching = alarms.filter(({ TreatMissingData, Tags }) => TreatMissingData === 'breaching' && Tags);
    expect(breaching.map(({ AlarmName, Tags }) => [AlarmName, Tags[0].Value, Tags[1].Value])).toEqual([
      [`${config.service}-probe-silent`, 'critical', 'Monitoring'],
    ]);
    expect(breaching[0]).toMatchObject({
      ...{ Namespace: 'IncidentResponse', MetricName: PROBE_METRICS.health, Statistic: 'SampleCount' },
      ...{
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 5,
        Period: 60,
      },
    });
  });
});
