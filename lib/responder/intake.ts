import { Duration, Validations } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IDependable } from 'constructs';
import { HEALTH_EVENT } from '../../lambda/domain/incident/aws-issues.ts';
import { ALARM_PREFIX, ALARM_TAGS } from '../../lambda/domain/incident/signal.ts';
import { PROBE_NAMESPACE, SIGNALS_SET_ASIDE } from '../../lambda/domain/kernel/probe-metrics.ts';
import { DIED, EXECUTION_EVENT } from '../../lambda/domain/remediation/dead-execution.ts';
import { arn, arnInFindings } from '../platform/arn.ts';
import { type DeadLetterQueue, undeliveredBy } from '../platform/dead-letters.ts';
import { IncidentFunction } from '../platform/incident-function.ts';
import { grantPutMetrics } from '../platform/own-metrics.ts';
import type { ResponderParts } from '../platform/responder-parts.ts';
import { RetryQueue } from '../platform/retry-queue.ts';
import type { Switches } from './switches.ts';

export interface IntakeProps extends ResponderParts {
  stateMachine: StateMachine;
  switches: Switches;
  /** Receives the events that EventBridge could not put into the queue. */
  undelivered: DeadLetterQueue;
  /** The people who learn that signals wait. */
  firstLevel: ITopic;
}

/** The longest pause between two attempts, as the function asks for it (`lambda/adapters/signal-queue.ts`). */
const LONGEST_PAUSE = Duration.minutes(6);

/** The time after which a batch comes again whose function died: before people are told that signals wait. */
const RETRY_AFTER = Duration.minutes(4);

/** Four days, and an hour for the attempts at first, which come sooner. */
const HELD_FOR = Duration.hours(97);

/** Minutes for which signals may wait before people are told. */
const WAITING = Duration.minutes(5);

/**
 * Receives the alarms of the service, and what AWS Health reports, ten at a time. The queue has one message group, so that one writer at a time meets the store,
 * and holds signals through four days of any outage. The rule's pattern is the same for every configuration, as EventBridge limits
 * its length: the function itself ignores alarms of other services.
 */
export class Intake extends IncidentFunction {
  /** Whatever changes before these are there is not heard. */
  readonly ears: IDependable[];

  constructor(scope: Construct, id: string, props: IntakeProps) {
    const { config, incidents, ownAlarms, stateMachine, switches, firstLevel, undelivered } = props;
    const deadLetters = ownAlarms.addDeadLetterQueue(id, 'Signals that did not become an incident', { fifo: true });
    super(scope, id, {
      folder: 'functions/intake',
      description: 'Signals open, join or clear incidents',
      reads: ['deployment', 'policy'],
      incidents,
      environment: {
        RESPONSE_STATE_MACHINE: stateMachine.stateMachineArn,
        SIGNAL_DEAD_LETTERS: deadLetters.queueUrl,
        ...switches.environment,
      },
      timeout: Duration.seconds(RETRY_AFTER.toSeconds() / 6),
    });
    grantPutMetrics(this);
    deadLetters.addSender(
      new Metric({
        ...{ namespace: PROBE_NAMESPACE, metricName: SIGNALS_SET_ASIDE, dimensionsMap: { Service: config.service } },
        ...{ period: Duration.minutes(1), statistic: 'Sum' },
      }),
    );
    incidents.grantOpen(this);
    incidents.grantNoteAwsIssues(this);
    switches.grantRead(this);
    this.addToRolePolicy(
      { actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] },
      { actions: ['cloudwatch:ListTagsForResource'], resources: [arn('cloudwatch', 'alarm:*')] },
      { actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] },
    );
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arnInFindings('cloudwatch', 'alarm:*')}]`,
      reason: 'The name of an alarm whose tags CloudWatch could not read is not known before; only its tags are read.',
    });
    const attempts = HELD_FOR.toSeconds() / LONGEST_PAUSE.toSeconds();
    const queue = new RetryQueue(this, 'Queue', {
      ...{ deadLetters, retryAfter: RETRY_AFTER },
      heldFor: Duration.seconds(attempts * RETRY_AFTER.toSeconds()),
    });
    this.function.addEnvironment('SIGNAL_QUEUE', queue.queueUrl);
    this.function.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
    const rule = new Rule(this, 'Alarms', {
      description: `Alarms of ${config.service}, issues of AWS, and responses that died`,
      eventPattern: {
        source: ['aws.cloudwatch', 'aws.health', 'aws.states'],
        detailType: ['CloudWatch Alarm State Change', HEALTH_EVENT, EXECUTION_EVENT],
        detail: {
          $or: [
            { alarmTags: { [ALARM_TAGS.service]: [{ exists: true }] } },
            { alarmName: [{ prefix: ALARM_PREFIX }] },
            // The tags could not be read: intake asks for them.
            { alarmTagsStatus: [{ 'anything-but': 'SUCCESS' }] },
            // No alarm has this field, and no event of AWS Health those above.
            { eventTypeCategory: ['issue'] },
            { stateMachineArn: [stateMachine.stateMachineArn], status: [...DIED] },
          ],
        },
      },
      targets: [new SqsQueue(queue, { messageGroupId: 'signals', deadLetterQueue: undelivered })],
    });
    undelivered.addSender(undeliveredBy(rule));
    this.ears = [rule, queue];
    const waiting = `Signals have been waiting for ${WAITING.toMinutes()} minutes: no incident comes of them`;
    ownAlarms.addAlarm('SignalsWaiting', [firstLevel], waiting, {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: WAITING.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 1,
    });
  }
}
