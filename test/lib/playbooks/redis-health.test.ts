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
  const namesOf = (...args: Parameters<typeof synthesise>) =>
    alarmsOf(...args).map(({ AlarmName }) => AlarmName.replace('incident-response/mockupaws-production/redis-', ''));

  it('are the same for each node', () => {
    const names = namesOf({ ...config, redisHealth: { ...config.redisHealth, hitRate: 0.5 } });
    const [first, ...others] = (config.redis?.nodes ?? []).map(node =>
      names.filter(name => name.endsWith(`-${node}`)).map(name => name.replace(`-${node}`, '')),
    );
    expect(first?.length).toBeGreaterThanOrEqual(7);
    for (const other of others) expect(other).toEqual(first);
  });

  it('are fewer where a bound that only the workload knows is not given, or there is one node', () => {
    const { redis, redisHealth: _, ...others } = config;
    const single = defineService({ ...others, redis: { ...redis, nodes: ['cache-001'] } as never });
    const names = namesOf(single);
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
