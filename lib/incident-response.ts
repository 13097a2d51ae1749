import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Deployed } from '../lambda/domain/deployed.ts';
import { PROBE_NAMESPACE } from '../lambda/domain/diagnosis/probe-metrics.ts';
import { ALARM_TAGS } from '../lambda/domain/incident/signal.ts';
import { PAGE_ENTRIES } from '../lambda/domain/messages/page.ts';
import { pageTemplates } from '../templates/samples/pages.ts';
import { addChannels } from './channels/channels.ts';
import { Paging } from './channels/paging/paging.ts';
import { Subscriptions } from './channels/paging/subscriptions.ts';
import type { ServiceConfig } from './config/service-config.ts';
import { Listener } from './platform/event-subscriber.ts';
import { IncidentsTable } from './platform/incidents-table.ts';
import { Links } from './platform/links.ts';
import { OwnAlarms } from './platform/own-alarms.ts';
import { ResponderFunction, type ResponderFunctionProps } from './platform/responder-function.ts';
import { type BoundPlaybook, checkPlaybook, inModes, type Playbook } from './playbooks/playbook.ts';
import { ConsoleRunbooks } from './responder/console-runbooks.ts';
import { addDashboard } from './responder/dashboard.ts';
import { addDatabaseCopies } from './responder/database-copies.ts';
import { describeDeployed } from './responder/deployed.ts';
import {
  allowInvestigating,
  allowReadingDatabase,
  allowReadingService,
  ecsServiceArn,
} from './responder/investigation.ts';
import { allowReadingExecutions, allowStoppingExecutions, ResponseWorkflow } from './responder/response-workflow.ts';
import { addFigures } from './review/figures.ts';

export interface IncidentResponseProps {
  config: ServiceConfig;
  /** The common incidents that are answered. */
  playbooks: Playbook[];
  /** Every step goes as far as its playbook lets it, whatever the configuration says: for rehearsals. @default false */
  fullModes?: boolean;
}

/** The responder of one service: everything from its alarms to the people who are told. */
export class IncidentResponse extends Construct {
  readonly config: ServiceConfig;
  /** What the functions know of the service. */
  readonly deployed: Deployed;
  readonly playbooks: readonly BoundPlaybook[];
  private readonly incidents: IncidentsTable;
  private readonly paging: Paging;
  private readonly ownAlarms: OwnAlarms;
  private readonly bus: EventBus;
  private readonly switches: { automation: StringParameter; maintenance: StringParameter };

  constructor(scope: Construct, id: string, { config, playbooks, fullModes = false }: IncidentResponseProps) {
    super(scope, id);
    this.config = config;
    const inEarnest = (playbook: BoundPlaybook) => (fullModes ? playbook : inModes(playbook, config.mode));
    const bound = playbooks.map(playbook => inEarnest(checkPlaybook(playbook.bind(this, config))));
    this.playbooks = bound;
    this.deployed = describeDeployed(config, bound);
    this.incidents = new IncidentsTable(this, 'Incidents');
    this.paging = new Paging(this, 'Paging', config);
    this.ownAlarms = new OwnAlarms(this, 'OwnAlarms', { service: config.service, paging: this.paging });
    this.bus = new EventBus(this, 'Bus', { eventBusName: `${config.service}-incidents` });
    this.switches = this.createSwitches();

    const workflow = new ResponseWorkflow(this, 'Response', {
      ...this.responseFunctions(bound),
      runbooks: [...new Set(bound.flatMap(({ runbooks }) => runbooks))],
    });
    const stateMachine = workflow.stateMachine.stateMachineArn;
    this.intake(
      stateMachine,
      bound.flatMap(({ policy }) => Object.keys(policy.alarms)),
    );
    const undelivered = this.publish();
    this.watch(workflow);
    // The status page says what was measured, whoever stands on it.
    if (config.statusPage || bound.some(({ probed }) => probed)) this.probe(bound);

    this.consoleRunbooks(bound);
    const command = this.command(stateMachine);
    const links = new Links(this, 'Links', { title: config.title, deployed: this.deployed, command });
    this.page(links);
    const { bus, incidents, ownAlarms, deployed, paging } = this;
    new Subscriptions(this, 'Subscriptions', { deployed, paging, ownAlarms });
    addFigures(this, { bus, incidents, ownAlarms });
    addChannels(this, { config, bus, incidents, ownAlarms, paging, deployed, undelivered, command, links });
    addDashboard(this, { config, resources: deployed.resources, bound, ownAlarms });

    Stack.of(this).addMetadata('incident-response', this.deployed.resources);
    new CfnOutput(this, 'IncidentsTable', {
      value: this.incidents.table.tableName,
      description: 'One item an incident',
    });
    new CfnOutput(this, 'ResponseStateMachine', { value: stateMachine, description: 'One execution an attempt' });
    this.paging.levels.forEach((topic, i) => {
      new CfnOutput(this, `PagesLevel${i + 1}`, {
        value: topic.topicArn,
        description: `Pages of escalation level ${i + 1}`,
      });
    });
  }

  /** Alarms of the service, known by their tags or, should CloudWatch not have read those, by name. */
  private intake(stateMachine: string, alarmNames: string[]): void {
    const deadLetters = this.ownAlarms.deadLetters('Intake', 'Signals that did not become an incident');
    const intake = this.createFunction('Intake', {
      folder: 'functions/intake',
      description: 'A signal opens, joins or clears an incident',
      deadLetters,
      environment: { RESPONSE_STATE_MACHINE: stateMachine },
    });
    this.incidents.grantOpen(intake);
    intake.allow(['states:StartExecution'], [stateMachine]);
    new Rule(this, 'Alarms', {
      description: `Alarms of ${this.config.service}`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { $or: [{ alarmTags: { [ALARM_TAGS.service]: [this.config.service] } }, { alarmName: alarmNames }] },
      },
      targets: [new LambdaFunction(intake.function, { deadLetterQueue: deadLetters })],
    });
  }

  /** The table's stream, in order, onto the incident bus. */
  private publish(): Queue {
    const deadLetters = this.ownAlarms.deadLetters('Publish', 'Timeline entries that nobody was told of');
    const publish = this.createFunction('Publish', {
      folder: 'functions/publish',
      description: 'Every committed timeline entry goes to the incident bus',
      environment: { INCIDENT_BUS: this.bus.eventBusName },
    });
    publish.allow(['events:PutEvents'], [this.bus.eventBusArn]);
    publish.function.addEventSource(
      new DynamoEventSource(this.incidents.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 10,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 100,
        onFailure: new SqsDlq(deadLetters),
        filters: [FilterCriteria.filter({ dynamodb: { NewImage: { id: { S: FilterRule.exists() } } } })],
      }),
    );
    return deadLetters;
  }

  private page(links: Links): void {
    const { bus, incidents, ownAlarms, deployed, paging } = this;
    const page = new Listener(this, 'Page', {
      folder: 'functions/page',
      description: 'Tells the people of the escalation level',
      entries: PAGE_ENTRIES,
      lost: 'Pages that reached nobody',
      deployed,
      templates: pageTemplates(),
      environment: { LEVEL_TOPICS: paging.levels.map(topic => topic.topicArn).join(','), ...links.environment },
      parts: { bus, incidents, ownAlarms },
    });
    paging.grantPage(page);
    links.grantSign(page);
  }

  /** Once a minute, what is owed. A watch gone silent is told to the first level directly, past everything else. */
  private watch({ stateMachine: { stateMachineArn: stateMachine, role } }: ResponseWorkflow): void {
    const deadLetters = this.ownAlarms.deadLetters('Watch', 'Minutes in which what was owed could not be done');
    const watch = this.createFunction('Watch', {
      folder: 'functions/watch',
      description: 'Once a minute: what every open incident is owed by now',
      deadLetters,
      environment: {
        RESPONSE_STATE_MACHINE: stateMachine,
        RESPONSE_ROLE: role.roleName,
        AUTOMATION_PARAMETER: this.switches.automation.parameterName,
        MAINTENANCE_PARAMETER: this.switches.maintenance.parameterName,
      },
      deployed: this.deployed,
      timeout: 50,
    });
    this.incidents.grantCommit(watch);
    this.incidents.grantOpen(watch);
    this.incidents.grantList(watch);
    watch.allow(['states:StartExecution'], [stateMachine]);
    watch.allowReading('cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData');
    const { automation, maintenance } = this.switches;
    watch.allow(['ssm:GetParameters'], [automation.parameterArn, maintenance.parameterArn]);
    watch.allow(['ecs:DescribeServices'], [ecsServiceArn(this.config)]);
    allowStoppingExecutions(watch);
    new Rule(this, 'EveryMinute', {
      description: 'Once a minute',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(watch.function, { deadLetterQueue: deadLetters, retryAttempts: 0 })],
    });
    const silent = 'The watch has been silent for 5 minutes: nobody is being escalated to';
    this.ownAlarms.tell('WatchSilent', [this.paging.firstLevel], silent, {
      metric: watch.function.metricInvocations({ period: Duration.minutes(1), statistic: 'Sum' }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      evaluationPeriods: 5,
    });
    this.ownAlarms.tell(
      'WatchFailing',
      [this.paging.firstLevel],
      'The watch has been failing for 5 minutes: what is owed is not done',
      {
        metric: watch.function.metricErrors({ period: Duration.minutes(1), statistic: 'Sum' }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        evaluationPeriods: 5,
      },
    );
  }

  /** Once a minute, how the service is: metrics for the alarms of the playbooks that stand on them. */
  private probe(bound: BoundPlaybook[]): void {
    const deadLetters = this.ownAlarms.deadLetters('Probe', 'Minutes in which the service could not be measured');
    const probe = this.createFunction('Probe', {
      folder: 'functions/probe',
      description: 'Once a minute: health URLs, errors, tasks and deployments, as metrics',
      deadLetters,
      environment: environmentOf(bound),
    });
    allowReadingService(probe, this.config);
    allowReadingDatabase(probe, this.config);
    probe.allowReading('cloudwatch:GetMetricData');
    probe.allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': PROBE_NAMESPACE } });
    for (const statement of bound.flatMap(({ permissions }) => permissions?.probe ?? []))
      probe.role.addToPolicy(statement);
    new Rule(this, 'ProbeEveryMinute', {
      description: 'Once a minute',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(probe.function, { deadLetterQueue: deadLetters, retryAttempts: 0 })],
    });
  }

  /** Whichever door people come through, they act here. */
  private command(stateMachine: string): ResponderFunction {
    const command = this.createFunction('Command', {
      folder: 'functions/command',
      description: 'What people do to incidents',
      environment: { RESPONSE_STATE_MACHINE: stateMachine },
    }).allow(['states:StartExecution'], [stateMachine]);
    this.incidents.grantCommit(command);
    this.incidents.grantOpen(command);
    this.incidents.grantFind(command);
    this.incidents.grantList(command);
    this.incidents.grantHistory(command);
    new CfnOutput(this, 'CommandFunction', {
      value: command.function.functionName,
      description: 'What `npx incident` calls',
    });
    return command;
  }

  private consoleRunbooks(bound: BoundPlaybook[]): void {
    const investigate = this.createFunction('Investigate', {
      folder: 'runbooks/investigate',
      description: 'Investigates for a person, without an incident',
      environment: environmentOf(bound),
    });
    allowInvestigating(investigate, this.config, bound);
    const smokeTest = this.createFunction('SmokeTest', {
      folder: 'runbooks/smoke-test',
      description: 'Whether the service serves people now',
    })
      .allowReading('cloudwatch:GetMetricData')
      .allow(['ecs:DescribeServices'], [ecsServiceArn(this.config)]);
    const console = new ConsoleRunbooks(this, 'Console', { service: this.config.service, investigate, smokeTest });
    addDatabaseCopies(console, this.config);
  }

  private responseFunctions(bound: BoundPlaybook[]) {
    const environment = {
      AUTOMATION_PARAMETER: this.switches.automation.parameterName,
      MAINTENANCE_PARAMETER: this.switches.maintenance.parameterName,
    };
    const diagnose = this.createFunction('Diagnose', {
      folder: 'functions/diagnose',
      description: 'Investigates in the order of the runbook',
      environment: environmentOf(bound),
    });
    allowInvestigating(diagnose, this.config, bound);
    const classify = this.createFunction('Classify', {
      folder: 'functions/classify',
      description: 'Judges severity by what was found',
    });
    const plan = this.createFunction('Plan', {
      folder: 'functions/plan',
      description: 'Chooses the next step, guardrails considered',
      environment,
    });
    const { automation, maintenance } = this.switches;
    plan.allow(['ssm:GetParameters'], [automation.parameterArn, maintenance.parameterArn]);
    plan.allowReading('cloudwatch:DescribeAlarms');
    this.incidents.grantLedger(plan, this.config.service);
    this.incidents.grantList(plan);
    const verify = this.createFunction('Verify', {
      folder: 'functions/verify',
      description: 'Whether a runbook did what it was for',
    });
    verify.allowReading('cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData');
    allowReadingExecutions(verify);
    const handOver = this.createFunction('HandOver', {
      folder: 'functions/hand-over',
      description: 'The workflow failed: a person takes over',
    });
    for (const fn of [diagnose, classify, plan, verify, handOver]) this.incidents.grantCommit(fn);
    return { diagnose, classify, plan, verify, handOver };
  }

  private createFunction(id: string, props: ResponderFunctionProps): ResponderFunction {
    return new ResponderFunction(this, id, {
      deployed: this.deployed,
      ...props,
      environment: { INCIDENTS_TABLE: this.incidents.table.tableName, ...props.environment },
    });
  }

  /** The kill switch and the maintenance window: two parameters a person can set from the console, read at every step. */
  private createSwitches() {
    const prefix = `/incident-response/${this.config.service}`;
    return {
      automation: new StringParameter(this, 'Automation', {
        parameterName: `${prefix}/automation`,
        description:
          'Kill switch: "on" lets runbooks run by themselves; anything else stops them. Setting it releases a spent budget.',
        stringValue: this.config.automation,
      }),
      maintenance: new StringParameter(this, 'Maintenance', {
        parameterName: `${prefix}/maintenance-until`,
        description:
          '"none", or the time (2026-01-31T18:00:00Z) until which nothing is done by itself; people are still told.',
        stringValue: 'none',
      }),
    };
  }
}

/** What the functions that look find in their environment. */
const environmentOf = (bound: readonly BoundPlaybook[]): Record<string, string> =>
  Object.assign({}, ...bound.map(({ environment }) => environment));
