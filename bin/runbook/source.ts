import { App, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServicePolicy } from '../../lambda/domain/incident/service-policy.ts';
import type { ServiceConfig } from '../../lib/config/service-config.ts';
import { servicePolicy } from '../../lib/config/service-policy.ts';
import { IncidentResponse } from '../../lib/incident-response.ts';
import { commonIncidents } from '../../lib/playbooks/common-incidents.ts';
import type { PlannedPlaybook } from '../../lib/playbooks/playbook.ts';
import { AutomationDocument } from '../../lib/remedies/automation-document.ts';

/** The service as it is deployed, of which the document is made. */
export interface Source {
  config: ServiceConfig;
  policy: ServicePolicy;
  playbooks: readonly PlannedPlaybook[];
  documents: readonly AutomationDocument[];
  alarms: readonly CfnAlarm[];
  resources: IncidentResponse['deployed']['resources'];
}

/** Reads the service's stack, which nobody synthesises: no function is bundled. */
export function readSource(config: ServiceConfig): Source {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Stack', { env: { region: config.region } });
  const response = new IncidentResponse(stack, 'IncidentResponse', { config, playbooks: commonIncidents(config) });
  const parts = response.node.findAll();
  return {
    config,
    policy: servicePolicy(config),
    playbooks: response.playbooks,
    documents: parts.filter(part => part instanceof AutomationDocument),
    alarms: parts.filter(part => part instanceof CfnAlarm),
    resources: response.deployed.resources,
  };
}
