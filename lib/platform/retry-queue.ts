import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface RetryQueueProps {
  deadLetters: Queue;
  /** A failed message is received again after this time; the consumer must be done sooner. */
  retryAfter: Duration;
  /** The time for which a failed message is retried. SQS counts to 1,000. @default Duration.hours(12) */
  heldFor?: Duration;
}

/** Keeps the order within each message group. A failed message is retried, its group waiting behind it, and then is a dead letter. */
export class RetryQueue extends Queue {
  constructor(
    scope: Construct,
    id: string,
    { deadLetters, retryAfter, heldFor = Duration.hours(12) }: RetryQueueProps,
  ) {
    super(scope, id, {
      fifo: true,
      contentBasedDeduplication: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: retryAfter,
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: heldFor.toSeconds() / retryAfter.toSeconds() },
    });
  }
}
