import { Construct } from 'constructs';
import type { Step } from '../../lambda/domain/policy.ts';
import type { ServiceConfig } from '../config.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { circuitBreakerRunbook, openCircuitBreaker } from '../remedies/circuit-breaker.ts';
import type { Runbook } from '../runbook.ts';
import { redisAlarms, redisMeasures } from './redis-health/alarms.ts';
import { checkRedisRunbook, type Redis, restartRedisRunbook, seeGroup, seePath } from './redis-health/runbooks.ts';

const REDIS = 'Redis';

/** The runbook's 5.3: the cache is overrun, gone, or cannot be reached. */
export class RedisHealth implements Playbook {
  readonly name = 'RedisHealth';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const { redis } = config;
    if (!redis)
      throw new Error(`The playbook RedisHealth needs a cache: configure redis of ${config.service}, or leave it out`);
    const scope = new Construct(parent, this.name);
    const breaker = circuitBreakerRunbook(scope, config, REDIS);
    const restart = restartRedisRunbook(scope, config, redis);
    const { modes } = config.redisHealth;
    return {
      runbooks: [breaker, restart, checkRedisRunbook(scope, config, redis)],
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
        plan: [
          openCircuitBreaker(config, breaker, REDIS, modes['open-circuit-breaker']),
          restartRedis(config, restart, redis),
        ],
      },
    };
  }
}

/** Writes fail for a minute, or all that it holds is lost: a person decides. Against a closed way it helps nothing. */
function restartRedis({ redisHealth }: ServiceConfig, { runbook, documentName }: Runbook, redis: Redis): Step {
  return {
    name: 'restart-redis',
    title: `Restart the primary of ${redis.replicationGroup}, by failover where a replica can take over`,
    runbook,
    document: documentName,
    parameters: {},
    mode: redisHealth.modes['restart-redis'] ?? 'approve',
    minimumSeverity: 'P2',
    target: redis.replicationGroup,
    cooldownMinutes: 240,
    blastRadius: { fact: 'redisNodes', touches: 1, maximumShare: 1 },
    onlyIf: [{ fact: 'redisRestartable', atLeast: 1 }],
    unless: [{ fact: 'cachePathBlocked', atLeast: 1 }],
    verifyMinutes: 8,
  };
}
