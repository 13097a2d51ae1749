import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { PROBE_NAMESPACE, UNREADABLE_INCIDENTS } from '../../lambda/domain/kernel/probe-metrics.ts';
import { directPageSamples } from '../../templates/samples/direct-pages.ts';
import type { Paging } from '../channels/paging/paging.ts';
import { directPaging } from '../config/without-store.ts';
import { invokeEveryMinute } from '../platform/every-minute.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import { grantPutMetrics } from '../platform/own-metrics.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { grantStopExecutions } from './automation-executions.ts';
import { ecsServiceArn } from './investigation.ts';
import { grantReadMuteRules } from './mute-rules.ts';
import type { ResponseWorkflow } from './response-workflow.ts';
import type { Switches } from './switches.ts';

export interface WatchProps extends ResponderParts {
  response: ResponseWorkflow;
  switches: Switches;
  /** The first level is told of a silent or failing watch past everything else; while the store is away, the watch pages every level. */
  paging: Paging;
}

const EVERY_MINUTE = Duration.minutes(1);

/** Does once a minute what every open incident is owed by then. */
export class Watch extends IncidentFunction {
  constructor(scope: Construct, id: string, props: WatchProps) {
    const { config, incidents, ownAlarms, response, switches, paging, templates } = props;
    const { stateMachine } = response;
    super(scope, id, {
      folder: 'functions/watch',
      description: 'Once a minute: what every open incident is owed by now',
      reads: ['deployment', 'policy'],
      incidents,
      templates: templates.for(directPageSamples()),
      environment: {
        ...{ LEVEL_TOPICS: paging.topicsOfLevels, DIRECT_PAGING: directPaging(config) },
        ...(config.heartbeatUrl ? { HEARTBEAT_URL: config.heartbeatUrl } : {}),
        RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn,
        RESPONSE_ROLE: stateMachine.role.roleName,
        ...switches.environment,
      },
      timeout: Duration.seconds(50),
    });
    incidents.grantOpen(this);
    incidents.grantList(this);
    incidents.grantMeasurement(this, config.service);
    incidents.grantCheck(this);
    this.addToRolePolicy({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] });
    this.addUnscopedReads('cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'tag:GetResources');
    grantReadMuteRules(this);
    grantPutMetrics(this);
    paging.grantPage(this);
    switches.grantRead(this);
    this.addToRolePolicy({ actions: ['ecs:DescribeServices'], resources: [ecsServiceArn(config)] });
    grantStopExecutions(this);
    invokeEveryMinute(this);
    const silent = 'The watch has been silent for 5 minutes: nobody is being escalated to';
    ownAlarms.addSilenceAlarm('WatchSilent', [paging.firstLevel], silent, {
      metric: this.function.metricInvocations({ period: EVERY_MINUTE, statistic: 'Sum' }),
      evaluationPeriods: 5,
    });
    const unreadable = 'An incident cannot be read, and is not looked after: the log of Watch names it';
    ownAlarms.addAlarm('IncidentUnreadable', [paging.operations], unreadable, {
      metric: new Metric({
        namespace: PROBE_NAMESPACE,
        metricName: UNREADABLE_INCIDENTS,
        dimensionsMap: { Service: config.service },
        period: EVERY_MINUTE,
        statistic: 'Maximum',
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 1,
    });
    const throttled = 'Lambda has refused invocations in 3 of 5 minutes: more functions run than this account may run';
    ownAlarms.addAlarm('FunctionsThrottled', [paging.operations], throttled, {
      metric: LambdaFunction.metricAllThrottles({ period: EVERY_MINUTE, statistic: 'Sum' }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
    });
    const failing = 'The watch has failed in 5 of 15 minutes: what is owed is done late, or not at all';
    ownAlarms.addAlarm('WatchFailing', [paging.firstLevel], failing, {
      metric: this.function.metricErrors({ period: EVERY_MINUTE, statistic: 'Sum' }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 15,
      datapointsToAlarm: 5,
    });
  }
}
