import { Construct } from 'constructs';
import type { Cause, Step } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { AutomationDocument } from '../../remedies/automation-document.ts';
import { circuitBreakerRunbook, openCircuitBreaker } from '../../remedies/circuit-breaker.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { redisAlarms, redisMeasures } from './alarms.ts';
import { checkRedisRunbook, type Redis, restartRedisRunbook, seeGroup, seePath } from './runbooks.ts';

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
    return {
      settings: config.redisHealth,
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
          openCircuitBreaker(config, breaker, REDIS, redisCauses(config, redis)),
          restartRedis(config, restart, redis),
        ],
      },
    };
  }
}

/** A node that is overrun, as measured. */
const overrun = ({ connections }: ServiceConfig['redisHealth'], { nodes }: Redis): Cause[] =>
  nodes.flatMap((node, i) => [
    { fact: `redisCpu${i + 1}`, atLeast: 90, means: `Redis node ${node} uses {} % of its engine CPU` },
    { fact: `redisMemory${i + 1}`, atLeast: 90, means: `Redis node ${node} uses {} % of its memory` },
    { fact: `redisConnections${i + 1}`, atLeast: connections, means: `Redis node ${node} has {} connections` },
  ]);

/** A cache that is overrun, gone, or out of reach. */
const redisCauses = ({ redisHealth }: ServiceConfig, redis: Redis): Cause[] => [
  ...overrun(redisHealth, redis),
  { fact: 'redisNodesGone', atLeast: 1, means: 'Redis nodes gone: {}' },
  { fact: 'cachePathBlocked', atLeast: 1, means: 'security groups keep the tasks from Redis' },
];

/** Writes fail for a minute, or all that it holds is lost: a person decides. Against a closed way it helps nothing. */
function restartRedis(
  { redisHealth }: ServiceConfig,
  { runbook, documentName }: AutomationDocument,
  redis: Redis,
): Step {
  return {
    name: 'restart-redis',
    title: `Restart the primary of ${redis.replicationGroup}, by failover where a replica can take over`,
    runbook,
    document: documentName,
    parameters: { PrimaryNodeId: { object: 'redisPrimary' } },
    mode: 'approve',
    minimumSeverity: 'P2',
    target: redis.replicationGroup,
    cooldownMinutes: 240,
    blastRadius: { fact: 'redisNodes', touches: 1, maximumShare: 1 },
    causes: overrun(redisHealth, redis),
    needs: [{ fact: 'redisRestartable', atLeast: 1, otherwise: 'cluster mode is on, so it cannot be restarted' }],
    unless: [{ fact: 'cachePathBlocked', atLeast: 1 }],
    verifyMinutes: 8,
  };
}
