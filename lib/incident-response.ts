import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { DeploymentDocument } from '../lambda/domain/deployed.ts';
import { PROBE_NAMESPACE } from '../lambda/domain/kernel/probe-metrics.ts';
import { addOpsgenie } from './channels/opsgenie/opsgenie.ts';
import { addPagerDuty } from './channels/pagerduty/pagerduty.ts';
import { Page } from './channels/paging/page.ts';
import { Paging } from './channels/paging/paging.ts';
import { Subscriptions } from './channels/paging/subscriptions.ts';
import { addSlack } from './channels/slack/slack.ts';
import { addStakeholders } from './channels/stakeholders/stakeholders.ts';
import type { ServiceConfig } from './config/service-config.ts';
import { IncidentsTable } from './platform/incidents-table.ts';
import { Links } from './platform/links.ts';
import { OwnAlarms } from './platform/own-alarms.ts';
import { PublicEndpoint } from './platform/public-endpoint.ts';
import { TextTemplates } from './platform/templates.ts';
import {
  checkPlaybook,
  inConfiguredModes,
  inFullModes,
  type PlannedPlaybook,
  type Playbook,
} from './playbooks/playbook.ts';
import { checkQuotas } from './quotas/check.ts';
import { Command } from './responder/command.ts';
import { ConsoleRunbooks } from './responder/console-runbooks.ts';
import { ServiceDashboard } from './responder/dashboard.ts';
import { describeDeployed } from './responder/deployed.ts';
import { Deployment } from './responder/deployment.ts';
import { Intake } from './responder/intake.ts';
import { Probe } from './responder/probe.ts';
import { Publication } from './responder/publication.ts';
import { ResponseWorkflow } from './responder/response-workflow.ts';
import { Switches } from './responder/switches.ts';
import { Watch } from './responder/watch.ts';
import { Figures } from './review/figures.ts';
import { addReviews } from './review/reviews.ts';
import { RunbookReview } from './review/runbook-review.ts';
import { StatusPage } from './status-page/status-page.ts';
import { Subscribers } from './status-page/subscribers/subscribers.ts';

export interface IncidentResponseProps {
  config: ServiceConfig;
  /** The common incidents that are responded to. */
  playbooks: Playbook[];
  /** Lets every step go as far as its playbook lets it, whatever the configuration says: for rehearsals. @default false */
  fullModes?: boolean;
}

/** The responder of one service: everything from its alarms to the people who are notified. */
export class IncidentResponse extends Construct {
  readonly config: ServiceConfig;
  /** The configuration and the playbooks, as they are stored for the functions. */
  readonly deployed: DeploymentDocument;
  readonly playbooks: readonly PlannedPlaybook[];

  constructor(scope: Construct, id: string, { config, playbooks: given, fullModes = false }: IncidentResponseProps) {
    super(scope, id);
    const { service, statusPage, slack, pagerduty, opsgenie } = config;
    const playbooks = given
      .map(playbook => checkPlaybook(playbook.bind(this, config)))
      .map(playbook => (fullModes ? inFullModes(playbook) : inConfiguredModes(playbook, config.mode)));
    this.config = config;
    this.playbooks = playbooks;

    const incidents = new IncidentsTable(this, 'Incidents', config);
    const paging = new Paging(this, 'Paging', config);
    this.deployed = describeDeployed(config, playbooks, paging.subscribers);
    const deployment = new Deployment(this, 'Deployment', { document: this.deployed, incidents });
    const ownAlarms = new OwnAlarms(this, 'OwnAlarms', { service, operations: paging.operations });
    const parts = { config, incidents, ownAlarms, templates: new TextTemplates(config.templates) };
    const switches = new Switches(this, 'Switches', config);

    // Alarms are answered with remedies.
    const response = new ResponseWorkflow(this, 'Response', { ...parts, playbooks, switches });
    const { stateMachine } = response;
    const publish = new Publication(this, 'Publish', parts);
    const { bus, undelivered } = publish;
    const intake = new Intake(this, 'Intake', {
      ...{ ...parts, stateMachine, switches, undelivered },
      firstLevel: paging.firstLevel,
    });
    const watch = new Watch(this, 'Watch', { ...parts, response, switches, paging });
    const probed = playbooks.some(playbook => playbook.probed);
    const probe = probed || statusPage ? new Probe(this, 'Probe', { ...parts, playbooks }) : undefined;

    // People act.
    new ConsoleRunbooks(this, 'Console', { ...parts, playbooks });
    const command = new Command(this, 'Command', { ...parts, stateMachine, switches });
    const links = new Links(this, 'Links', { ...parts, command });

    // People and other systems are notified.
    const responder = { ...parts, bus, undelivered, paging, command, links };
    const page = new Page(this, 'Page', responder);
    const subscriptions = new Subscriptions(this, 'Subscriptions', { ...responder, watch });
    new Figures(this, 'Figures', responder);
    addStakeholders(this, responder);
    addReviews(this, responder);
    new RunbookReview(this, 'RunbookReview', responder);
    if (statusPage) {
      const { distribution } = new StatusPage(this, 'StatusPage', { settings: statusPage, responder });
      if (statusPage.subscribers)
        new Subscribers(this, 'Subscribers', { ...statusPage.subscribers, responder, distribution });
    }
    if (slack) addSlack(this, slack, responder);
    if (pagerduty) addPagerDuty(this, pagerduty, responder);
    if (opsgenie) addOpsgenie(this, opsgenie, responder);

    ownAlarms.addDeadLetterAlarms();
    const functions = {
      ...{ Intake: intake, Publish: publish, Watch: watch },
      ...{ HandOver: response.handOver, Command: command, Page: page },
    };
    const { resources } = this.deployed;
    new ServiceDashboard(this, 'Dashboard', { config, resources, playbooks, ownAlarms, functions, watch });
    Stack.of(this).addMetadata('incident-response', resources);
    for (const part of this.node.findAll()) if (part instanceof Rule) part.node.addDependency(deployment);
    for (const part of this.node.findAll())
      if (part instanceof PublicEndpoint && config.endpointConcurrency !== undefined)
        part.reserve(config.endpointConcurrency);
    const own = new Set(ownAlarms.node.findAll());
    for (const alarm of this.node.findAll()) {
      if (!(alarm instanceof CfnAlarm) || own.has(alarm)) continue;
      // An alarm that changes before anybody hears, or before it is measured, is told late or for nothing.
      alarm.node.addDependency(...intake.ears);
      if (probe && alarm.namespace === PROBE_NAMESPACE) alarm.node.addDependency(probe.rule);
    }
    this.addOutputs({ incidents, response, command, subscriptions, paging });
    const stack = Stack.of(this);
    for (const each of [stack, ...stack.dependencies]) checkQuotas(each, config);
  }

  private addOutputs(parts: {
    incidents: IncidentsTable;
    response: ResponseWorkflow;
    command: Command;
    subscriptions: Subscriptions;
    paging: Paging;
  }) {
    const { incidents, response, command, subscriptions, paging } = parts;
    const add = (id: string, value: string, description: string) => new CfnOutput(this, id, { value, description });
    add('IncidentsTable', incidents.table.tableName, 'One item an incident');
    add('ResponseStateMachine', response.stateMachine.stateMachineArn, 'One execution an attempt');
    add('CommandFunction', command.function.functionName, 'What `npx incident` calls');
    add('SubscriptionsFunction', subscriptions.function.functionName, 'What `npx incident subscribe` calls');
    paging.levels.forEach((topic, i) => {
      add(`PagesLevel${i + 1}`, topic.topicArn, `Pages of escalation level ${i + 1}`);
    });
  }
}
