import { PROBE_METRICS, PROBE_NAMESPACE } from './probe-metrics.ts';
import type { Resources } from './resources.ts';
import type { Counts } from './traffic.ts';

/** A metric whose values of the last hour the diagnosis reads. */
export interface MetricQuery {
  id: string;
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  statistic: 'Average' | 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount' | 'p95';
  /** Seconds. */
  period: number;
}

/** How busy the tasks are, and how full the database. */
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

/** What tells afterwards how people fared: requests that failed, health URLs that failed, how long answers took. */
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
 * The load balancer's requests, those that fail, and how long answers take. With no target to choose it answers 5xx itself,
 * and does not count the request; with a bad gateway and a time-out it had chosen one, and does.
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
