import * as v from 'valibot';
import { awsId, list, matching, modes, object, share, whole } from './fields.ts';
import { MOST } from './most.ts';

const named = (expected: string) => matching(/^[a-zA-Z][a-zA-Z0-9-]{0,49}$/, expected);

/** The service's ElastiCache replication group, Redis OSS or Valkey. */
export const Redis = object({
  replicationGroup: named('the id of the ElastiCache replication group'),
  /** Each is watched, whichever is the primary; the metrics are per node. */
  nodes: list(named('the id of a node (cache cluster) of the group'), 'at least one node of the replication group'),
  /** The groups of the service's tasks: the responder watches that they may reach the cache. */
  serviceSecurityGroups: list(
    awsId('sg', 'a security group of the tasks'),
    'at least one security group of the ECS tasks',
    MOST.securityGroups,
  ),
  port: v.optional(whole(1, 65_535), 6379),
});

/** Nobody else knows the usual values of a workload: an absent bound has no alarm. */
export const RedisHealthSettings = v.optional(
  object({
    /** Connections to a node at which the alarm fires. A node takes 65,000. */
    connections: v.optional(whole(1, 65_000), 50_000),
    /** Share of hits under which the alarm fires. Only where every node is read from: one that is not may report 0. */
    hitRate: v.optional(share),
    /** Keys evicted a minute at which the alarm fires. */
    evictionsPerMinute: v.optional(whole(1, 1_000_000_000)),
    ...modes('open-circuit-breaker', 'restart-redis'),
  }),
  {},
);
