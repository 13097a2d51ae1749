import type { Resources } from '../domain/diagnosis/resources.ts';
import type { CheckName } from '../domain/incident/checks.ts';
import type { Finding } from '../domain/incident/events.ts';
import { awsHealth } from './checks/aws-health.ts';
import { certificates } from './checks/certificates.ts';
import { configuredNames } from './checks/configured-names.ts';
import { database } from './checks/database.ts';
import { databaseWriter } from './checks/database-writer.ts';
import { deployments } from './checks/deployments.ts';
import { ecsService } from './checks/ecs-service.ts';
import { logs } from './checks/logs.ts';
import { memory } from './checks/memory.ts';
import { metrics } from './checks/metrics.ts';
import { redis } from './checks/redis.ts';
import { securityGroups } from './checks/security-groups.ts';
import { servedCertificates } from './checks/served-certificates.ts';
import { serviceHealth } from './checks/service-health.ts';

export type Found = Promise<Omit<Finding, 'check'>>;

/** The implementation of each check. */
export const IMPLEMENTATIONS: Record<CheckName, (resources: Resources, now: Date) => Found> = {
  'service health': serviceHealth,
  metrics,
  'ECS service': ecsService,
  deployments,
  logs,
  database,
  'AWS Health': awsHealth,
  'database writer': databaseWriter,
  memory,
  redis,
  'security groups': securityGroups,
  certificates,
  'served certificates': servedCertificates,
  'configured names': configuredNames,
};
