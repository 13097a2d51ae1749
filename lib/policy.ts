import { RUNBOOK_POLICY, type ServicePolicy } from '../lambda/domain/policy.ts';
import type { ServiceConfig } from './config.ts';

/** The runbook's policy with what the service's configuration says differently. */
export function servicePolicy(config: ServiceConfig): ServicePolicy {
  const { service, title, region, escalation, reviewers = [], budget, links, ecs, database } = config;
  const console = `https://${region}.console.aws.amazon.com`;
  return {
    ...RUNBOOK_POLICY,
    ...{ service, title, region, budget, reviewers },
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
      ...links,
    ],
  };
}
