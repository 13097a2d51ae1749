import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { IncidentFunction } from '../platform/incident-function.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { grantStopExecutions } from './automation-executions.ts';
import { ecsServiceArn } from './investigation.ts';
import type { ResponseWorkflow } from './response-workflow.ts';
import type { Switches } from './switches.ts';

export interface WatchProps extends ResponderParts {
  response: ResponseWorkflow;
  switches: Switches;
  /** The people whom a silent or failing watch is reported to, past everything else. */
  firstLevel: ITopic;
}

const EVERY_MINUTE = Duration.minutes(1);

/** Does once a minute what every open incident is owed by then. */
export class Watch extends IncidentFunction {
  constructor(scope: Construct, id: string, props: WatchProps) {
    const { config, incidents, ownAlarms, response, switches, firstLevel } = props;
    const { stateMachine } = response;
    const deadLetters = ownAlarms.addDeadLetterQueue('Watch', 'Minutes in which what was owed could not be done');
    super(scope, id, {
      folder: 'functions/watch',
      description: 'Once a minute: what every open incident is owed by now',
      deadLetters,
      reads: ['deployment', 'policy'],
      incidents,
      environment: {
        RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn,
        RESPONSE_ROLE: stateMachine.role.roleName,
        ...switches.environment,
      },
      timeout: Duration.seconds(50),
    });
    incidents.grantOpen(this);
    incidents.grantList(this);
    incidents.grantMeasurement(this, config.service);
    this.addToRolePolicy({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] });
    this.addUnscopedReads('cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData');
    switches.grantRead(this);
    this.addToRolePolicy({ actions: ['ecs:DescribeServices'], resources: [ecsServiceArn(config)] });
    grantStopExecutions(this);
    new Rule(this, 'EveryMinute', {
      description: 'Once a minute',
      schedule: Schedule.rate(EVERY_MINUTE),
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters, retryAttempts: 0 })],
    });
    const silent = 'The watch has been silent for 5 minutes: nobody is being escalated to';
    ownAlarms.addAlarm('WatchSilent', [firstLevel], silent, {
      metric: this.function.metricInvocations({ period: EVERY_MINUTE, statistic: 'Sum' }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      evaluationPeriods: 5,
    });
    const failing = 'The watch has been failing for 5 minutes: what is owed is not done';
    ownAlarms.addAlarm('WatchFailing', [firstLevel], failing, {
      metric: this.function.metricErrors({ period: EVERY_MINUTE, statistic: 'Sum' }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 5,
    });
  }
}
