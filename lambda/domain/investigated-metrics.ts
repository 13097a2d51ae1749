import type { Resources } from './deployed.ts';
import type { Counts } from './traffic.ts';

/** A metric whose values of the last hour the diagnosis reads. */
export interface MetricQuery {
  id: string;
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  statistic: 'Average' | 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount';
  /** Seconds. */
  period: number;
}

/** How busy the tasks are, how full the database, and how long answers take. */
export const loadQueries = ({ cluster, ecsService, database, loadBalancer }: Resources): MetricQuery[] => [
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
  {
    ...{ id: 'seconds', namespace: 'AWS/ApplicationELB', name: 'TargetResponseTime' },
    ...{ dimensions: { LoadBalancer: loadBalancer }, statistic: 'Average', period: 60 },
  },
];

const connectionsOf = (id: string, Role: string, { cluster }: Resources['database']): MetricQuery => ({
  ...{ id, namespace: 'AWS/RDS', name: 'DatabaseConnections', dimensions: { DBClusterIdentifier: cluster, Role } },
  ...{ statistic: 'Average', period: 60 },
});

/**
 * What counts the load balancer's requests and those that fail. With no target to choose it answers 5xx itself, and does
 * not count the request; with a bad gateway and a time-out it had chosen one, and does.
 */
export const trafficQueries = ({ loadBalancer }: Resources): MetricQuery[] =>
  Object.entries({
    requests: 'RequestCount',
    errors: 'HTTPCode_Target_5XX_Count',
    refused: 'HTTPCode_ELB_5XX_Count',
    badGateway: 'HTTPCode_ELB_502_Count',
    timedOut: 'HTTPCode_ELB_504_Count',
  } satisfies Record<keyof Counts, string>).map(([id, name]) => ({
    ...{ id, name, namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: loadBalancer } },
    ...{ statistic: 'Sum', period: 60 },
  }));
