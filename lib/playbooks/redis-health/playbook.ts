import { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { redisAlarms, redisMeasures } from './alarms.ts';
import { checkRedisDocument, openCircuitBreaker, restartRedis, seeGroup, seePath } from './remedies.ts';

/** The runbook's 5.3: the cache is overrun, gone, or cannot be reached. */
export class RedisHealth implements Playbook {
  readonly name = 'RedisHealth';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const { redis } = config;
    if (!redis)
      throw new Error(`The playbook RedisHealth needs a cache: configure redis of ${config.service}, or leave it out`);
    const scope = new Construct(parent, this.name);
    return {
      settings: config.redisHealth,
      remedies: [openCircuitBreaker(scope, config, redis), restartRedis(scope, config, redis)],
      documents: [checkRedisDocument(scope, config, redis)],
      probed: true,
      resources: { redis },
      permissions: { diagnose: [seeGroup(redis), ...seePath(redis)], probe: seePath(redis) },
      policy: {
        name: this.name,
        title: 'Redis Connection Issues',
        impact: 'Cache misses and latency rise; requests fail with connection errors',
        customers: { title: 'Slow responses', impact: 'Requests take longer than usual, and some of them fail.' },
        alarms: redisAlarms(scope, this.name, config, redis),
        checks: ['redis', 'security groups'],
        measures: redisMeasures(config, redis),
      },
    };
  }
}
