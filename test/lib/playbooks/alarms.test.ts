import { describe, expect, it } from 'vitest';
import { PROBE_METRICS, UNREADABLE_INCIDENTS } from '../../../lambda/domain/kernel/probe-metrics.ts';
import { SUBSCRIPTION_METRICS } from '../../../lambda/domain/on-call/subscriptions.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { everything } from '../../support/everything.ts';
import { inspect, resources, stackOf } from '../../support/stack.ts';

/**
 * How each kind of metric treats missing data. A `steady` one is reported as long as its resource exists: silence is blindness.
 * An `occasional` one is there only when something happens, or is rightly unknown at times: silence says nothing. A `pulse` is
 * a sign of life: silence is the alarm. An `own pulse` is one of the responder's own, whose alarm rings people at once, so that it
 * is silent until there has been a first sign. A `task` is reported by a scheduled task of our own, whose own pulse reports its failure: until it runs again,
 * its last value stands.
 */
const TREATMENTS = {
  ...{ steady: 'missing', occasional: 'notBreaching', pulse: 'breaching', task: 'ignore' },
  'own pulse': 'missing',
} as const;
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
  [`IncidentResponse ${SUBSCRIPTION_METRICS.troubles} SampleCount`]: 'own pulse',
  [`IncidentResponse ${UNREADABLE_INCIDENTS}`]: 'occasional',
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
  'AWS/SQS ApproximateAgeOfOldestMessage': 'occasional',
  'AWS/Lambda Invocations': 'own pulse',
  'AWS/Lambda Errors': 'occasional',
  'AWS/Lambda Throttles': 'occasional',
  // Of dead letters: each of its metrics is there only when something is lost.
  'SUM(METRICS())': 'occasional',
};

interface Watched {
  Namespace: string;
  MetricName: string;
  Statistic: string;
  ComparisonOperator: string;
  Dimensions?: { Name: string; Value: string }[];
  Metrics?: { Expression?: string }[];
}

function kindOf({ Namespace, MetricName, Statistic, Dimensions = [], Metrics }: Watched): Kind | undefined {
  const expression = Metrics?.find(({ Expression }) => Expression)?.Expression;
  if (expression) return KINDS[expression];
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
  const { template, deployed } = stackOf(config);
  const alarms = resources(template, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);

  it('treats missing data as its kind of metric needs', () => {
    expect(alarms.length).toBeGreaterThan(30);
    for (const alarm of alarms) {
      const kind = kindOf(alarm as Watched);
      expect(kind, `${alarm.AlarmName} stands on a metric of which it is not known when it is reported`).toBeDefined();
      expect(alarm.TreatMissingData, alarm.AlarmName).toBe(TREATMENTS[kind ?? 'steady']);
    }
  });

  it('of a playbook tells by its tags, which its events carry, whose it is and how severe', () => {
    const known = deployed.playbooks.flatMap(({ name, alarms: levels }) =>
      Object.entries(levels).map(([alarm, level]) => [alarm, config.service, name, level]),
    );
    const tagged = alarms.filter(({ Tags }) => Tags);
    const tag = (Tags: { Key: string; Value: string }[], key: string) =>
      Tags.find(({ Key }) => Key === `incident:${key}`)?.Value;
    expect(
      tagged
        .map(({ AlarmName, Tags }) => [AlarmName, ...['service', 'playbook', 'level'].map(key => tag(Tags, key))])
        .sort(),
    ).toEqual(known.sort());
    for (const { AlarmName, ActionConfiguration } of tagged)
      expect(ActionConfiguration, AlarmName).toEqual({ AlarmTagsPropagation: { Enabled: true } });
  });

  it('of a playbook says in words why it fires, judges minutes, and needs all of them', () => {
    for (const alarm of alarms.filter(({ Tags }) => Tags)) {
      expect(alarm.AlarmDescription, alarm.AlarmName).toMatch(/^[A-Z\d].{10,}/);
      expect([alarm.Period, alarm.DatapointsToAlarm], alarm.AlarmName).toEqual([60, alarm.EvaluationPeriods]);
    }
  });

  it('that warns does so before the critical one of the same metric', () => {
    const levelOf = ({ Tags = [] }: { Tags?: { Key: string; Value: string }[] }) =>
      Tags.find(({ Key }) => Key === 'incident:level')?.Value;
    const sameMetric = (one: Watched, other: Watched) =>
      (['MetricName', 'Statistic', 'Dimensions', 'ComparisonOperator'] as const).every(
        field => JSON.stringify(one[field]) === JSON.stringify(other[field]),
      );
    const pairs = alarms
      .filter(alarm => levelOf(alarm) === 'warning')
      .flatMap(warning =>
        alarms
          .filter(other => levelOf(other) === 'critical' && sameMetric(warning as Watched, other as Watched))
          .map(critical => ({ warning, critical })),
      );
    expect(pairs.length).toBeGreaterThanOrEqual(5);
    for (const { warning, critical } of pairs) {
      const sign = warning.ComparisonOperator.startsWith('Less') ? -1 : 1;
      expect(sign * critical.Threshold, critical.AlarmName).toBeGreaterThan(sign * warning.Threshold);
    }
  });

  it('of a silent probe exists, and is the only one of the service that silence sets off', () => {
    const breaching = alarms.filter(({ TreatMissingData, Tags }) => TreatMissingData === 'breaching' && Tags);
    expect(breaching.map(({ AlarmName, Tags }) => [AlarmName, Tags[0].Value, Tags[1].Value])).toEqual([
      [`incident-response/${config.service}/probe-silent`, 'critical', 'Monitoring'],
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

  it('of a playbook waits for the rule that hears it, and for the probe where that measures', () => {
    const { one, all } = inspect(template);
    const [ears, probe] = [
      one('AWS::Events::Rule', 'Intake/Alarms').id,
      one('AWS::Events::Rule', 'Probe/EveryMinute').id,
    ];
    const tagged = all('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.Tags);
    for (const { path, properties, rest } of tagged) {
      expect(rest['DependsOn'], path).toContain(ears);
      expect((rest['DependsOn'] as string[]).includes(probe), path).toBe(properties.Namespace === 'IncidentResponse');
    }
  });
});
