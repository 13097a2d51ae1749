import { type MetricQuery, readMetrics } from '../../adapters/cloudwatch.ts';
import { describeService } from '../../adapters/ecs.ts';
import { probe } from '../../adapters/http.ts';
import { describeCluster } from '../../adapters/rds.ts';
import type { Resources } from '../../domain/deployed.ts';
import { percent } from '../../domain/severity.ts';
import type { Finding } from '../../domain/timeline.ts';

export interface Check {
  check: string;
  run: (resources: Resources, now: Date) => Promise<Omit<Finding, 'check'>>;
}

/** The investigation, in the order of the runbook's section 2.2. */
export const CHECKS: Check[] = [
  { check: 'service health', run: serviceHealth },
  { check: 'metrics', run: metrics },
  { check: 'ECS service', run: ecsService },
  { check: 'database', run: database },
];

async function serviceHealth({ healthUrls }: Resources) {
  const probes = await Promise.all(healthUrls.map(url => probe(url)));
  const failing = probes.filter(({ healthy }) => !healthy);
  return {
    ok: failing.length === 0,
    summary: `Health: ${probes.map(({ url, seen }) => `${new URL(url).host} ${seen}`).join(', ')}`,
    facts: { healthFailingShare: healthUrls.length === 0 ? 0 : failing.length / healthUrls.length },
  };
}

async function metrics(resources: Resources, now: Date) {
  const series = await readMetrics(queries(resources), now);
  const last = (id: string) => series[id]?.at(-1);
  const { maxConnections } = resources.database;
  const [connections, cpu, requests, errors] = [
    last('connections'),
    last('cpu'),
    last('requests'),
    last('errors') ?? 0,
  ];
  const share = requests ? errors / requests : undefined;
  const parts = [
    ...(connections === undefined
      ? ['no database connections reported']
      : [
          `${Math.round(connections)} of ${maxConnections} database connections (${percent(connections / maxConnections)})`,
        ]),
    ...(share === undefined ? ['no requests counted'] : [`${percent(share)} of requests fail`]),
    ...(cpu === undefined ? [] : [`CPU ${Math.round(cpu)} %`]),
  ];
  return {
    ok: (connections ?? 0) < maxConnections * 0.8 && (share ?? 0) < 0.01,
    summary: `Metrics: ${parts.join(', ')}`,
    facts: {
      ...(connections === undefined ? {} : { databaseConnections: connections }),
      ...(share === undefined ? {} : { usersAffectedShare: share }),
      ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    },
  };
}

const queries = ({ cluster, ecsService, loadBalancer, database }: Resources): MetricQuery[] => {
  const alb = {
    namespace: 'AWS/ApplicationELB',
    dimensions: { LoadBalancer: loadBalancer },
    statistic: 'Sum',
    period: 60,
  } as const;
  return [
    {
      id: 'cpu',
      namespace: 'AWS/ECS',
      name: 'CPUUtilization',
      dimensions: { ClusterName: cluster, ServiceName: ecsService },
      statistic: 'Average',
      period: 300,
    },
    {
      id: 'connections',
      namespace: 'AWS/RDS',
      name: 'DatabaseConnections',
      dimensions: { DBClusterIdentifier: database.cluster, Role: 'WRITER' },
      statistic: 'Average',
      period: 60,
    },
    { id: 'requests', name: 'RequestCount', ...alb },
    { id: 'errors', name: 'HTTPCode_Target_5XX_Count', ...alb },
  ];
};

async function ecsService({ cluster, ecsService }: Resources) {
  const { desiredCount = 0, runningCount = 0, deployments = [] } = await describeService(cluster, ecsService);
  const rollingOut = deployments.filter(({ rolloutState }) => rolloutState === 'IN_PROGRESS').length;
  const failed = deployments.filter(({ rolloutState }) => rolloutState === 'FAILED').length;
  const deployment = failed > 0 ? ', a deployment failed' : rollingOut > 0 ? ', a deployment is rolling out' : '';
  return {
    ok: runningCount >= desiredCount && failed === 0,
    summary: `ECS: ${runningCount} of ${desiredCount} tasks running${deployment}`,
    facts: { desiredTasks: desiredCount, runningTasks: runningCount },
  };
}

async function database({ database }: Resources) {
  const { Status, DBClusterMembers = [], HttpEndpointEnabled } = await describeCluster(database.cluster);
  const writer = DBClusterMembers.find(member => member.IsClusterWriter)?.DBInstanceIdentifier ?? 'none';
  return {
    ok: Status === 'available',
    summary: `Database: ${Status}, ${DBClusterMembers.length} members, writer ${writer}${HttpEndpointEnabled ? '' : ', Data API off'}`,
    facts: { databaseMembers: DBClusterMembers.length },
  };
}
