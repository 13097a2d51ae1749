import { describe, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { RedisHealth } from '../../../lib/playbooks/redis-health/playbook.ts';
import { resources, synthesise } from '../../support/stack.ts';

const alarmsOf = (...args: Parameters<typeof synthesise>) =>
  resources(synthesise(...args).template, 'AWS::CloudWatch::Alarm')
    .map(({ properties }) => properties)
    .filter(({ Tags = [] }) =>
      (Tags as { Key: string; Value: string }[]).some(
        ({ Key, Value }) => Key === 'incident:playbook' && Value === 'RedisHealth',
      ),
    );

describe('the alarms of Redis', () => {
  const alarms = alarmsOf({ ...config, redisHealth: { ...config.redisHealth, hitRate: 0.5 } });
  const named = (suffix: string) => {
    const found = alarms.filter(({ AlarmName }) => AlarmName.startsWith(`mockupaws-production-redis-${suffix}-`));
    expect(found.map(({ Dimensions }) => Dimensions)).toEqual(
      config.redis?.nodes.map(Value => [
        { Name: 'CacheClusterId', Value },
        { Name: 'CacheNodeId', Value: '0001' },
      ]),
    );
    return found[0];
  };

  it.each([
    ['cpu', 'EngineCPUUtilization', 'Average', 'GreaterThanOrEqualTo', 90, 5, 'missing'],
    ['memory-warning', 'DatabaseMemoryUsagePercentage', 'Average', 'GreaterThanOrEqualTo', 80, 5, 'missing'],
    ['memory-critical', 'DatabaseMemoryUsagePercentage', 'Average', 'GreaterThanOrEqualTo', 90, 5, 'missing'],
    ['connections', 'CurrConnections', 'Average', 'GreaterThanOrEqualTo', 50_000, 10, 'missing'],
    ['hit-rate', 'CacheHitRate', 'Average', 'LessThan', 50, 10, 'notBreaching'],
    ['evictions', 'Evictions', 'Sum', 'GreaterThanOrEqualTo', 10_000, 10, 'missing'],
    ['lag', 'ReplicationLag', 'Average', 'GreaterThanOrEqualTo', 30, 10, 'notBreaching'],
  ])('%s stands on %s of each node', (suffix, MetricName, Statistic, comparison, Threshold, minutes, missing) => {
    expect(named(suffix)).toMatchObject({
      ...{ Namespace: 'AWS/ElastiCache', MetricName, Statistic, Threshold, Period: 60 },
      ...{ EvaluationPeriods: minutes, DatapointsToAlarm: minutes, TreatMissingData: missing },
      ComparisonOperator: `${comparison}Threshold`,
    });
  });

  it('and two on the way to them and on those that are gone, as the probe asks', () => {
    expect(alarms).toHaveLength(16);
    expect(alarms.find(({ AlarmName }) => AlarmName === 'mockupaws-production-redis-unreachable')).toMatchObject({
      ...{ Namespace: 'IncidentResponse', MetricName: 'CachePathBlocked', TreatMissingData: 'notBreaching' },
    });
    expect(alarms.find(({ AlarmName }) => AlarmName === 'mockupaws-production-redis-nodes-gone')).toMatchObject({
      ...{ Namespace: 'IncidentResponse', MetricName: 'CacheNodesGone', TreatMissingData: 'missing' },
    });
  });

  it('are fewer where a bound that only the workload knows is not given, or there is one node', () => {
    const { redis, redisHealth: _, ...others } = config;
    const single = defineService({ ...others, redis: { ...redis, nodes: ['cache-001'] } as never });
    const names = alarmsOf(single).map(({ AlarmName }) => AlarmName.replace('mockupaws-production-redis-', ''));
    expect(names.filter(name => /hit-rate|evictions|lag/.test(name))).toEqual([]);
    expect(names).toHaveLength(6);
  });
});

it('without a cache there is nothing of it, and the playbook asks for one', () => {
  const { redis: _, ...others } = config;
  const without = defineService(others);
  expect(JSON.stringify(synthesise(without).template.toJSON())).not.toMatch(/elasticache/i);
  expect(() => synthesise(without, { playbooks: [new RedisHealth()] })).toThrow(
    'The playbook RedisHealth needs a cache: configure redis of mockupaws-production, or leave it out',
  );
});
