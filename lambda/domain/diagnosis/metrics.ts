import { PROBE_METRICS, PROBE_NAMESPACE } from '../kernel/probe-metrics.ts';
import type { Resources } from './resources.ts';
import type { Counts } from './traffic.ts';

/** A metric of which the diagnosis reads the last hour. */
export interface MetricQuery {
  id: string;
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  statistic: 'Average' | 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount' | 'p95';
  /** Seconds. */
  period: number;
}

/** The load of the tasks, and the connections of the database. */
export const loadQueries = ({ cluster, ecsService, database }: Resources): MetricQuery[] => [
  {
    id: 'cpu',
    namespace: 'AWS/ECS',
    name: 'CPUUtilization',
    dimensions: { ClusterName: cluster, ServiceName: ecsService },
    statistic: 'Average',
    period: 60,
  },
  connectionsOf('connections', 'WRITER', database),
  connectionsOf('readers', 'READER', database),
];

/**
 * The metrics that show afterwards how people were served: failed requests, failing health URLs, and response times.
 */
export const impactQueries = (service: string, resources: Resources): MetricQuery[] => [
  ...trafficQueries(resources),
  {
    ...{ id: 'failing', namespace: PROBE_NAMESPACE, name: PROBE_METRICS.health, dimensions: { Service: service } },
    ...{ statistic: 'Maximum', period: 60 },
  },
];

const connectionsOf = (id: string, Role: string, { cluster }: Resources['database']): MetricQuery => ({
  ...{ id, namespace: 'AWS/RDS', name: 'DatabaseConnections', dimensions: { DBClusterIdentifier: cluster, Role } },
  ...{ statistic: 'Average', period: 60 },
});

/**
 * Requests of the load balancer, failed requests, and response times. A load balancer without a target answers 5xx
 * itself, and does not count the request. With a bad gateway or a time-out it had chosen a target, and counts it.
 */
export function trafficQueries({ loadBalancer }: Resources): MetricQuery[] {
  const query = (id: keyof Counts, name: string, statistic: MetricQuery['statistic'] = 'Sum'): MetricQuery => ({
    ...{ id, name, namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: loadBalancer } },
    ...{ statistic, period: 60 },
  });
  return [
    query('requests', 'RequestCount'),
    query('errors', 'HTTPCode_Target_5XX_Count'),
    query('refused', 'HTTPCode_ELB_5XX_Count'),
    query('badGateway', 'HTTPCode_ELB_502_Count'),
    query('timedOut', 'HTTPCode_ELB_504_Count'),
    query('seconds', 'TargetResponseTime', 'Average'),
    query('p95', 'TargetResponseTime', 'p95'),
  ];
}
