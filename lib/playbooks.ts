import type { ServiceConfig } from './config.ts';
import type { Playbook } from './playbook.ts';
import { BadDeployment } from './playbooks/bad-deployment.ts';
import { CertificateExpiry } from './playbooks/certificate-expiry.ts';
import { DatabaseAvailability } from './playbooks/database-availability.ts';
import { DatabaseConnections } from './playbooks/database-connections.ts';
import { Monitoring } from './playbooks/monitoring.ts';
import { RedisHealth } from './playbooks/redis-health.ts';
import { ServiceHealth } from './playbooks/service-health.ts';
import { ServiceMemory } from './playbooks/service-memory.ts';
import { SlowResponses } from './playbooks/slow-responses.ts';

/** The common incidents of the runbook's section 5, the three it implies, as far as the service has what they protect, and that nobody sees. */
export const commonIncidents = (config: ServiceConfig): Playbook[] => [
  new DatabaseConnections(),
  new ServiceMemory(),
  ...(config.redis ? [new RedisHealth()] : []),
  ...(config.certificates ? [new CertificateExpiry()] : []),
  new DatabaseAvailability(),
  new BadDeployment(),
  new ServiceHealth(),
  new SlowResponses(),
  new Monitoring(),
];
