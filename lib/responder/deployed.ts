import type { Deployed } from '../../lambda/domain/deployed.ts';
import { DECLARED_PLAYBOOK } from '../../lambda/domain/incident/policy.ts';
import { logGroupOf, type ServiceConfig } from '../config/service-config.ts';
import { servicePolicy } from '../config/service-policy.ts';
import type { PlannedPlaybook } from '../playbooks/playbook.ts';

/** Describes the configuration and the playbooks for the functions, into which it is compiled. */
export function describeDeployed(config: ServiceConfig, bound: readonly PlannedPlaybook[]): Deployed {
  const { service, region, healthUrls, ecs, loadBalancer, database, escalation, serviceHealth } = config;
  return {
    service,
    region,
    policies: Object.fromEntries(
      [...bound.map(({ policy }) => policy), DECLARED_PLAYBOOK].map(playbook => [
        playbook.name,
        { ...servicePolicy(config), playbook },
      ]),
    ),
    criteria: servicePolicy(config).criteria,
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
  };
}
