import { App, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ServicePolicy } from '../../lambda/domain/incident/policy.ts';
import { renderer } from '../../lambda/domain/kernel/templates.ts';
import { DEFAULT_CONFIG, type ServiceConfig } from '../../lib/config/service-config.ts';
import { servicePolicy } from '../../lib/config/service-policy.ts';
import { IncidentResponse } from '../../lib/incident-response.ts';
import { readTemplates } from '../../lib/platform/templates.ts';
import { commonIncidents as playbooksOf } from '../../lib/playbooks/common-incidents.ts';
import type { BoundPlaybook } from '../../lib/playbooks/playbook.ts';
import { AutomationDocument } from '../../lib/remedies/automation-document.ts';
import { checklistByHand } from './checklist.ts';
import { commonIncidents } from './common-incidents.ts';
import { communication } from './communication.ts';
import { edition } from './edition.ts';
import { escalationPath } from './escalation.ts';
import { investigation } from './investigation.ts';
import { mitigations } from './mitigations.ts';
import { ownAlarms } from './own-alarms.ts';
import { quickReference } from './quick-reference.ts';
import { recovery } from './recovery.ts';
import { postIncidentReview } from './review.ts';
import { runbooks } from './runbooks.ts';
import { severityLevels } from './severity-levels.ts';

/** What the document is made of: the service as it is deployed. */
export interface Source {
  config: ServiceConfig;
  policy: ServicePolicy;
  playbooks: readonly BoundPlaybook[];
  runbooks: readonly AutomationDocument[];
  alarms: readonly CfnAlarm[];
  resources: IncidentResponse['deployed']['resources'];
}

/** Where the document of a configuration stands, and what writes it there. */
export const documentOf = (name: string) =>
  name === DEFAULT_CONFIG
    ? { file: 'docs/runbook.md', command: 'npm run runbook' }
    : { file: `docs/runbook-${name}.md`, command: `npm run runbook -- --config ${name}` };

const TEMPLATE = 'runbook/runbook.md';

/** The runbook of a service for people to read, written from what the responder acts on: its file in `config/`, by name. */
export function runbookDocument(config: ServiceConfig, name: string): string {
  const fields = describe(read(config), documentOf(name).command);
  const text = renderer(readTemplates({ [TEMPLATE]: [fields] }))(TEMPLATE, fields);
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}

/** The service's stack, which nobody synthesises: no function is bundled. */
function read(config: ServiceConfig): Source {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Stack', { env: { region: config.region } });
  const response = new IncidentResponse(stack, 'IncidentResponse', { config, playbooks: playbooksOf(config) });
  const parts = response.node.findAll();
  return {
    config,
    policy: servicePolicy(config),
    playbooks: response.playbooks,
    runbooks: parts.filter(part => part instanceof AutomationDocument),
    alarms: parts.filter(part => part instanceof CfnAlarm),
    resources: response.deployed.resources,
  };
}

/** What the template is filled with. */
function describe(source: Source, command: string) {
  const { config, policy } = source;
  const { title } = config;
  const { acknowledgementMinutes, remindMinutes, autoResolveMinutes, maximumAttempts, budget } = policy;
  const relief = mitigations(source);
  return {
    ...{ title, command, acknowledgementMinutes, remindMinutes, autoResolveMinutes, maximumAttempts, budget },
    edition: edition(source),
    severities: severityLevels(source),
    checklist: checklistByHand(source),
    investigation: investigation(source),
    escalation: escalationPath(source),
    mitigations: relief,
    recovery: recovery(source),
    rollBack: relief.find(({ runbook }) => runbook === 'roll-back')?.mode ?? null,
    communication: communication(source),
    review: postIncidentReview(source),
    incidents: commonIncidents(source),
    runbooks: runbooks(source),
    ownAlarms: ownAlarms(source),
    quick: quickReference(source),
  };
}
