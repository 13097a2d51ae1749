import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface RetryQueueProps {
  deadLetters: Queue;
  /** A failed message is received again after this time; the consumer must be done sooner. */
  retryAfter: Duration;
}

/** Messages are retried for this long: once a minute, SQS can count no further than sixteen hours. */
const RETRIED_FOR = Duration.hours(12);

/** Keeps the order within each message group. A failed message is retried for half a day, its group waiting behind it, and then is a dead letter. */
export class RetryQueue extends Queue {
  constructor(scope: Construct, id: string, { deadLetters, retryAfter }: RetryQueueProps) {
    super(scope, id, {
      fifo: true,
      contentBasedDeduplication: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: retryAfter,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: RETRIED_FOR.toSeconds() / retryAfter.toSeconds() },
    });
  }
}
