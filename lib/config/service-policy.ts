import { RUNBOOK_POLICY, RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import type { ServicePolicy } from '../../lambda/domain/incident/service-policy.ts';
import { runbookCriteria } from '../../lambda/domain/kernel/severity.ts';
import { reviewersOf } from './people.ts';
import { logGroupOf, type ServiceConfig } from './service-config.ts';

/** The dashboard of a service. Its name is taken once in an account, whatever the region. */
export const dashboardOf = ({ service, region }: Pick<ServiceConfig, 'service' | 'region'>) => {
  const name = `${service}-incident-response`;
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return { name, url: `${console}#dashboards/dashboard/${name}` };
};

/** The runbook's policy with what the service's configuration says differently. */
export function servicePolicy(config: ServiceConfig): ServicePolicy {
  const { service, title, region, escalation, budget, links, ecs, database, statusPage, stakeholders, serviceHealth } =
    config;
  const console = `https://${region}.console.aws.amazon.com`;
  return {
    ...RUNBOOK_POLICY,
    ...{ service, title, region, budget, hotline: config.hotline },
    logGroup: logGroupOf(config),
    reviewers: reviewersOf(config),
    reviewTimeZone: escalation[0]?.rotation?.timeZone ?? 'UTC',
    criteria: runbookCriteria(serviceHealth),
    severities: stakeholders ? RUNBOOK_SEVERITIES : WITHOUT_STAKEHOLDERS,
    statusPage: statusPage && {
      ...{ url: statusPage.url, components: statusPage.components, investigations: statusPage.investigations },
    },
    internalNames: internalNames(config),
    escalation: escalation.map(({ role, afterMinutes }, i) => ({ level: i + 1, role, afterMinutes })),
    links: [
      {
        label: 'ECS service',
        url: `${console}/ecs/v2/clusters/${ecs.cluster}/services/${ecs.service}/health?region=${region}`,
      },
      {
        label: 'Database',
        url: `${console}/rds/home?region=${region}#database:id=${database.cluster};is-cluster=true`,
      },
      { label: 'Dashboard', url: dashboardOf(config).url },
      ...(statusPage ? [{ label: 'Status page', url: statusPage.url }] : []),
      ...links,
    ],
  };
}

const WITHOUT_STAKEHOLDERS = Object.fromEntries(
  Object.entries(RUNBOOK_SEVERITIES).map(([name, { stakeholdersMinutes: _, ...severity }]) => [name, severity]),
) as ServicePolicy['severities'];

/** Names of the configuration that mean nothing outside. A plain word, as `backend`, is nobody's secret. */
function internalNames({ service, ecs, loadBalancer, database, redis }: ServiceConfig): string[] {
  const names = [
    ...[service, ecs.cluster, ecs.service, loadBalancer, database.cluster, database.parameterGroup],
    ...database.instances,
    ...(redis ? [redis.replicationGroup, ...redis.nodes] : []),
  ];
  return [...new Set(names)].filter(name => /[^a-z]/i.test(name));
}
