import { Duration, Validations } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Paging } from '../channels/paging/paging.ts';

/** What tells of trouble in the responder itself, past everything it does for incidents. */
export class OwnAlarms extends Construct {
  private readonly service: string;
  private readonly paging: Paging;

  constructor(scope: Construct, id: string, { service, paging }: { service: string; paging: Paging }) {
    super(scope, id);
    this.service = service;
    this.paging = paging;
  }

  /** What failed for good, kept for two weeks, and an alarm that tells operations. */
  deadLetters(id: string, description: string, { fifo }: Pick<QueueProps, 'fifo'> = {}): Queue {
    const queue = new Queue(this, `${id}DeadLetters`, {
      ...(fifo ? { fifo, contentBasedDeduplication: true } : {}),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is itself a dead-letter queue.' });
    this.tell(`${id}DeadLettersWaiting`, [this.paging.operations], `${description}: look into ${id}DeadLetters`, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 1,
    });
    return queue;
  }

  /** An alarm at one, told to the topics directly. */
  tell(id: string, topics: Topic[], alarmDescription: string, props: Omit<AlarmProps, 'threshold'>): void {
    const alarmName = `${this.service}-incident-response-${kebab(id)}`;
    const alarm = new Alarm(this, id, { ...props, alarmName, threshold: 1, alarmDescription });
    alarm.addAlarmAction(...topics.map(topic => new SnsAction(topic)));
  }
}

const kebab = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
