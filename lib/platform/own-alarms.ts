import { Duration, Validations } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letters.ts';

/** The most by which the metrics of a queue are late that has slept. */
const WAKING = Duration.minutes(15);

export interface OwnAlarmsProps {
  service: string;
  /** The topic of the people who operate the responder. */
  operations: ITopic;
}

/** Alarms of the responder itself. They notify people directly, past everything that the responder does for incidents. */
export class OwnAlarms extends Construct {
  private readonly service: string;
  private readonly operations: ITopic;
  private readonly deadLetters: { id: string; description: string; queue: DeadLetterQueue }[] = [];

  constructor(scope: Construct, id: string, { service, operations }: OwnAlarmsProps) {
    super(scope, id);
    this.service = service;
    this.operations = operations;
  }

  /** Adds a queue that keeps for two weeks what failed for good. Operations are notified of its first message. */
  addDeadLetterQueue(id: string, description: string, { fifo }: Pick<QueueProps, 'fifo'> = {}): DeadLetterQueue {
    const queue = new DeadLetterQueue(this, `${id}DeadLetters`, {
      ...(fifo ? { fifo, contentBasedDeduplication: true } : {}),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is itself a dead-letter queue.' });
    this.deadLetters.push({ id, description, queue });
    return queue;
  }

  /** Adds the alarms of all dead-letter queues, once everything that sends into them is there. */
  addDeadLetterAlarms(): void {
    for (const { id, description, queue } of this.deadLetters)
      this.addAlarm(`${id}DeadLettersWaiting`, [this.operations], `${description}: look into ${id}DeadLetters`, {
        metric: queue.metricLetters(),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        // The alarm lasts until the queue's own metrics are back, or people would be told twice.
        evaluationPeriods: WAKING.toMinutes() + 1,
        datapointsToAlarm: 1,
      });
  }

  /** Adds an alarm that notifies the topics. The threshold is 1 by default. */
  addAlarm(
    id: string,
    topics: ITopic[],
    alarmDescription: string,
    props: Omit<AlarmProps, 'threshold'> & Partial<Pick<AlarmProps, 'threshold'>>,
  ): Alarm {
    const alarmName = `${this.service}-incident-response-${kebabCase(id)}`;
    const alarm = new Alarm(this, id, { threshold: 1, ...props, alarmName, alarmDescription });
    alarm.addAlarmAction(...topics.map(topic => new SnsAction(topic)));
    return alarm;
  }

  /**
   * Adds an alarm that notifies the topics when a metric has stopped. It is silent until there has been a first value: a new alarm would
   * ring in each new stack, before what it watches has run.
   */
  addSilenceAlarm(
    id: string,
    topics: ITopic[],
    alarmDescription: string,
    props: Pick<AlarmProps, 'metric' | 'evaluationPeriods'>,
  ): void {
    const alarm = this.addAlarm(id, topics, alarmDescription, {
      ...props,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.MISSING,
    });
    alarm.addInsufficientDataAction(...topics.map(topic => new SnsAction(topic)));
  }
}

const kebabCase = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
