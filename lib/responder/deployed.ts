import { type DeploymentDocument, SCHEMA } from '../../lambda/domain/deployed.ts';
import { DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import type { TopicSubscribers } from '../../lambda/domain/on-call/subscriptions.ts';
import { SUBSCRIBE_PATH } from '../../lambda/domain/subscribers/subscribe-page.ts';
import { addressesOf } from '../config/people.ts';
import { logGroupOf, type ServiceConfig } from '../config/service-config.ts';
import { servicePolicy } from '../config/service-policy.ts';
import type { PlannedPlaybook } from '../playbooks/playbook.ts';

/** Describes the configuration, the playbooks and the subscribers of the topics for the functions. */
export function describeDeployed(
  config: ServiceConfig,
  bound: readonly PlannedPlaybook[],
  subscribers: readonly TopicSubscribers[],
): DeploymentDocument {
  const { service, region, healthUrls, ecs, loadBalancer, database, escalation, serviceHealth } = config;
  const shared = servicePolicy(config);
  return {
    schema: SCHEMA,
    service,
    region,
    shared,
    playbooks: [...bound.map(({ policy }) => policy), DECLARED_PLAYBOOK],
    criteria: shared.criteria,
    rosters: escalation.map(({ people, rotation }) => ({ people, rotation })),
    resources: {
      healthUrls,
      cluster: ecs.cluster,
      ecsService: ecs.service,
      loadBalancer,
      minimumRequests: serviceHealth.minimumRequests,
      logGroup: logGroupOf(config),
      database: { cluster: database.cluster, maxConnections: database.maxConnections },
      ...Object.assign({}, ...bound.map(({ resources }) => resources)),
    },
    site: siteOf(config),
    contacts: { addresses: addressesOf(config), subscribers },
  };
}

function siteOf({ title, statusPage }: ServiceConfig): DeploymentDocument['site'] {
  if (!statusPage) return undefined;
  const { url, components, maintenance, subscribers } = statusPage;
  return { title, url, components, maintenance, subscribeUrl: subscribers && SUBSCRIBE_PATH };
}
