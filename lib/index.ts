/**
 * The public face: what an app, and a playbook of one's own, are made of. Files in `config/` import `lib/config/service-config.ts`
 * instead, as the command line reads them too and must not wait for the CDK to load.
 */
export type { Cause, PlaybookPolicy } from '../lambda/domain/incident/policy.ts';
export { DEFAULT_CONFIG, defineService, runbookEscalation, type ServiceConfig } from './config/service-config.ts';
export { IncidentResponse, type IncidentResponseProps } from './incident-response.ts';
export { probeMetric } from './platform/probe-metric.ts';
export { ResponderFunction, type ResponderFunctionProps } from './platform/responder-function.ts';
export { BadDeployment } from './playbooks/bad-deployment/playbook.ts';
export { CertificateExpiry } from './playbooks/certificate-expiry/playbook.ts';
export { commonIncidents } from './playbooks/common-incidents.ts';
export { DatabaseAvailability } from './playbooks/database-availability/playbook.ts';
export { DatabaseConnections } from './playbooks/database-connections/playbook.ts';
export { Monitoring } from './playbooks/monitoring/playbook.ts';
export {
  type BoundPlaybook,
  measure,
  type Playbook,
  type ServiceAlarmProps,
  serviceAlarm,
} from './playbooks/playbook.ts';
export { RedisHealth } from './playbooks/redis-health/playbook.ts';
export { ServiceHealth } from './playbooks/service-health/playbook.ts';
export { ServiceMemory } from './playbooks/service-memory/playbook.ts';
export { SlowResponses } from './playbooks/slow-responses/playbook.ts';
export { AutomationDocument, type AutomationDocumentProps } from './remedies/automation-document.ts';
export { type CircuitBreakerProps, circuitBreaker } from './remedies/circuit-breaker.ts';
export { maintenanceMode } from './remedies/maintenance-mode.ts';
export { Remedy, type RemedyProps, type RemedyStep } from './remedies/remedy.ts';
export { rollBack } from './remedies/roll-back.ts';
export { scaleUp } from './remedies/scale-up.ts';
