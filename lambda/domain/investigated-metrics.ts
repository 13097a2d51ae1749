import type { Resources } from './deployed.ts';

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

/** How busy the tasks are, and how full the database. */
export const loadQueries = ({ cluster, ecsService, database }: Resources): MetricQuery[] => [
  {
    id: 'cpu',
    namespace: 'AWS/ECS',
    name: 'CPUUtilization',
    dimensions: { ClusterName: cluster, ServiceName: ecsService },
    statistic: 'Average',
    period: 300,
  },
  connectionsOf('connections', 'WRITER', database),
  connectionsOf('readers', 'READER', database),
];

const connectionsOf = (id: string, Role: string, { cluster }: Resources['database']): MetricQuery => ({
  ...{ id, namespace: 'AWS/RDS', name: 'DatabaseConnections', dimensions: { DBClusterIdentifier: cluster, Role } },
  ...{ statistic: 'Average', period: 60 },
});

/** What counts the load balancer's requests and those that fail: with no healthy task, it is itself that answers 5xx. */
export const trafficQueries = ({ loadBalancer }: Resources): MetricQuery[] =>
  Object.entries({
    requests: 'RequestCount',
    errors: 'HTTPCode_Target_5XX_Count',
    refused: 'HTTPCode_ELB_5XX_Count',
  }).map(([id, name]) => ({
    ...{ id, name, namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: loadBalancer } },
    ...{ statistic: 'Sum', period: 60 },
  }));
