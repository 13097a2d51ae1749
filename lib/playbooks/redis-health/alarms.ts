import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Measure, PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import type { SignalLevel } from '../../../lambda/domain/incident/signal.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { probeMetric } from '../../platform/probe-metric.ts';
import { measure, serviceAlarm } from '../playbook.ts';
import type { Cache } from './remedies.ts';

const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const { MISSING, NOT_BREACHING } = TreatMissingData;

/** Seconds by which a replica is too far behind to take over. */
const LAG_SECONDS = 30;

interface Watched {
  suffix: string;
  level: SignalLevel;
  metric: string;
  statistic?: 'Sum';
  minutes: number;
  bound: { atLeast: number } | { under: number };
  /** The part of the node that the alarm reads. */
  reads: string;
  /** A node that is well may report nothing of it. */
  mayBeSilent?: boolean;
}

/** Lists the alarms of each node: roles move with every failover, so no node is watched as the primary alone. */
function watched(
  { nodes }: Cache,
  { connections, hitRate, evictionsPerMinute }: ServiceConfig['redisHealth'],
): Watched[] {
  const memory = (suffix: string, level: SignalLevel, atLeast: number): Watched => ({
    suffix,
    level,
    metric: 'DatabaseMemoryUsagePercentage',
    minutes: 5,
    bound: { atLeast },
    reads: 'memory used',
  });
  const warning = (
    suffix: string,
    metric: string,
    given: Pick<Watched, 'bound' | 'reads' | 'statistic' | 'mayBeSilent'>,
  ): Watched => ({
    ...given,
    suffix,
    level: 'warning',
    metric,
    minutes: 10,
  });
  return [
    {
      suffix: 'cpu',
      level: 'critical',
      metric: 'EngineCPUUtilization',
      minutes: 5,
      bound: { atLeast: 90 },
      reads: 'engine CPU used',
    },
    memory('memory-warning', 'warning', 80),
    memory('memory-critical', 'critical', 90),
    warning('connections', 'CurrConnections', {
      bound: { atLeast: connections },
      reads: 'connections',
    }),
    ...(hitRate === undefined
      ? []
      : [
          warning('hit-rate', 'CacheHitRate', {
            bound: { under: hitRate * 100 },
            reads: 'reads answered from memory',
            mayBeSilent: true,
          }),
        ]),
    ...(evictionsPerMinute === undefined
      ? []
      : [
          warning('evictions', 'Evictions', {
            bound: { atLeast: evictionsPerMinute },
            reads: 'keys evicted a minute',
            statistic: 'Sum',
          }),
        ]),
    ...(nodes.length === 1
      ? []
      : [
          warning('lag', 'ReplicationLag', {
            bound: { atLeast: LAG_SECONDS },
            reads: 'behind the primary by',
            // The primary is behind nobody.
            mayBeSilent: true,
          }),
        ]),
  ];
}

const metricOf = (node: string, metricName: string, statistic = 'Average') =>
  new Metric({
    ...{ namespace: 'AWS/ElastiCache', metricName, statistic, period: Duration.minutes(1) },
    dimensionsMap: { CacheClusterId: node, CacheNodeId: '0001' },
  });

/** Each node by its own metrics; the way to them, and whether they are there, by what the probe asks. */
export function redisAlarms(
  scope: Construct,
  playbook: string,
  config: ServiceConfig,
  redis: Cache,
): PlaybookPolicy['alarms'] {
  const ofNodes = redis.nodes.flatMap(node =>
    watched(redis, config.redisHealth).map(
      ({ suffix, level, metric, statistic, minutes, bound, reads, mayBeSilent }) => {
        const atLeast = 'atLeast' in bound;
        const name = serviceAlarm(scope, config, {
          playbook,
          level,
          suffix: `redis-${suffix}-${node}`,
          alarmDescription: `Redis node ${node}, ${reads}`,
          metric: metricOf(node, metric, statistic),
          threshold: atLeast ? bound.atLeast : bound.under,
          comparisonOperator: atLeast ? GREATER_THAN_OR_EQUAL_TO_THRESHOLD : LESS_THAN_THRESHOLD,
          evaluationPeriods: minutes,
          datapointsToAlarm: minutes,
          treatMissingData: mayBeSilent ? NOT_BREACHING : MISSING,
        });
        return [name, level] as const;
      },
    ),
  );
  const path = serviceAlarm(scope, config, {
    playbook,
    level: 'critical',
    suffix: 'redis-unreachable',
    alarmDescription: 'Security groups keep the tasks from Redis',
    metric: probeMetric(config, 'cachePath', 'Minimum'),
    threshold: 1,
    comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    // The probe publishes nothing where nobody can tell, which is no sign of trouble.
    treatMissingData: NOT_BREACHING,
  });
  const gone = serviceAlarm(scope, config, {
    playbook,
    level: 'critical',
    suffix: 'redis-nodes-gone',
    alarmDescription: 'Redis nodes that do not exist, or whose state serves nobody',
    metric: probeMetric(config, 'cacheNodesGone', 'Minimum'),
    threshold: 1,
    comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 5,
    datapointsToAlarm: 5,
    treatMissingData: MISSING,
  });
  return { ...Object.fromEntries(ofNodes), [path]: 'critical', [gone]: 'critical' };
}

/** The metrics of each node that the diagnosis reads: the primary reports no lag. */
export function redisMeasures({ redisHealth }: ServiceConfig, { nodes }: Cache): Measure[] {
  const { connections, hitRate, evictionsPerMinute } = redisHealth;
  return nodes.flatMap((node, i) => {
    const read = (metric: string, { fact, ...description }: Omit<Measure, 'metric'>, statistic?: 'Sum') =>
      measure(metricOf(node, metric, statistic), { ...description, fact: `${fact}${i + 1}` });
    return [
      read('EngineCPUUtilization', {
        fact: 'redisCpu',
        label: `${node}: engine CPU`,
        unit: 'percent',
        bad: { atLeast: 90 },
      }),
      read('DatabaseMemoryUsagePercentage', {
        fact: 'redisMemory',
        label: 'memory',
        unit: 'percent',
        bad: { atLeast: 80 },
      }),
      read('CurrConnections', {
        fact: 'redisConnections',
        label: 'connections',
        unit: 'count',
        bad: { atLeast: connections },
      }),
      read('CacheHitRate', {
        fact: 'redisHitRate',
        label: 'hit rate',
        unit: 'percent',
        ...(hitRate === undefined ? {} : { bad: { under: hitRate * 100 } }),
      }),
      read(
        'Evictions',
        {
          fact: 'redisEvictions',
          label: 'evictions a minute',
          unit: 'count',
          ...(evictionsPerMinute === undefined ? {} : { bad: { atLeast: evictionsPerMinute } }),
        },
        'Sum',
      ),
      read('ReplicationLag', {
        fact: 'redisLag',
        label: 'replication lag',
        unit: 'seconds',
        bad: { atLeast: LAG_SECONDS },
      }),
    ];
  });
}
