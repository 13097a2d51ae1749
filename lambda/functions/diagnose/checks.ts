import { type MetricQuery, readMetrics } from '../../adapters/cloudwatch.ts';
import { describeService } from '../../adapters/ecs.ts';
import { probe } from '../../adapters/http.ts';
import { describeCluster } from '../../adapters/rds.ts';
import type { Resources } from '../../domain/deployed.ts';
import { percent } from '../../domain/severity.ts';
import type { Finding } from '../../domain/timeline.ts';
import { readDeployments, readTraffic, trafficOf, trafficQueries } from '../traffic.ts';
import { logs } from './logs.ts';

export interface Check {
  check: string;
  run: (resources: Resources, now: Date) => Promise<Omit<Finding, 'check'>>;
}

/** The investigation, in the order of the runbook's section 2.2. */
export const CHECKS: Check[] = [
  { check: 'service health', run: serviceHealth },
  { check: 'metrics', run: metrics },
  { check: 'ECS service', run: ecsService },
  { check: 'deployments', run: deployments },
  { check: 'database', run: database },
  { check: 'logs', run: logs },
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
  const series = await readMetrics([...loadQueries(resources), ...trafficQueries(resources)], now);
  const last = (id: string) => series[id]?.at(-1)?.value;
  const { maxConnections } = resources.database;
  const [connections, readers, cpu] = [last('connections'), last('readers'), last('cpu')];
  const share = trafficOf(series, now).at(-1)?.share;
  const parts = [
    ...(connections === undefined
      ? ['no database connections reported']
      : [
          `${Math.round(connections)} of ${maxConnections} database connections (${percent(connections / maxConnections)})`,
        ]),
    ...(readers === undefined ? [] : [`${Math.round(readers)} on the readers (${percent(readers / maxConnections)})`]),
    ...(share === undefined ? ['no requests counted'] : [`${percent(share)} of requests fail`]),
    ...(cpu === undefined ? [] : [`CPU ${Math.round(cpu)} %`]),
  ];
  return {
    ok: Math.max(connections ?? 0, readers ?? 0) < maxConnections * 0.8 && (share ?? 0) < 0.01,
    summary: `Metrics: ${parts.join(', ')}`,
    facts: {
      ...(connections === undefined ? {} : { databaseConnections: connections }),
      ...(readers === undefined ? {} : { readerConnections: readers }),
      ...(share === undefined ? {} : { usersAffectedShare: share }),
      ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    },
  };
}

const loadQueries = ({ cluster, ecsService, database }: Resources): MetricQuery[] => [
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

async function ecsService({ cluster, ecsService }: Resources) {
  const { desiredCount = 0, runningCount = 0, deployments = [] } = await describeService(cluster, ecsService);
  const rollingOut = deployments.filter(({ rolloutState }) => rolloutState === 'IN_PROGRESS').length;
  const failed = deployments.filter(({ rolloutState }) => rolloutState === 'FAILED').length;
  const deployment = failed > 0 ? ', a deployment failed' : rollingOut > 0 ? ', a deployment is rolling out' : '';
  return {
    ok: runningCount >= desiredCount && failed === 0,
    summary: `ECS: ${runningCount} of ${desiredCount} tasks running${deployment}`,
    facts: {
      desiredTasks: desiredCount,
      runningTasks: runningCount,
      missingTasks: Math.max(0, desiredCount - runningCount),
    },
  };
}

async function deployments(resources: Resources, now: Date) {
  const { ageMinutes, inProgress, fault } = await readDeployments(resources, now, readTraffic(resources, now));
  const latest = ageMinutes === undefined ? 'none in the last hour' : `the latest ${ageMinutes} min ago`;
  return {
    ok: fault === undefined,
    summary: `Deployments: ${fault ?? latest}`,
    facts: {
      ...(ageMinutes === undefined ? {} : { deploymentAgeMinutes: ageMinutes }),
      deploymentInProgress: inProgress ? 1 : 0,
      deploymentSuspect: fault === undefined ? 0 : 1,
    },
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
