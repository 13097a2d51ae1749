import type { ServiceConfig } from '../config/service-config.ts';
import { BadDeployment } from './bad-deployment/playbook.ts';
import { CertificateExpiry } from './certificate-expiry/playbook.ts';
import { DatabaseAvailability } from './database-availability/playbook.ts';
import { DatabaseConnections } from './database-connections/playbook.ts';
import { Monitoring } from './monitoring/playbook.ts';
import type { Playbook } from './playbook.ts';
import { RedisHealth } from './redis-health/playbook.ts';
import { ServiceHealth } from './service-health/playbook.ts';
import { ServiceMemory } from './service-memory/playbook.ts';
import { SlowResponses } from './slow-responses/playbook.ts';

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
