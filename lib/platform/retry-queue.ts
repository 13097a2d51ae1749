import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface PatientQueueProps {
  deadLetters: Queue;
  /** Seconds after which what failed is tried again; whoever takes from the queue is done sooner. */
  again: number;
}

/** Hours for which something is tried: at once a minute, SQS can count no further than sixteen. */
const HOURS = 12;

/** Keeps the order within each group. What fails is tried again for half a day, its group waiting behind it, and then is a dead letter. */
export class PatientQueue extends Queue {
  constructor(scope: Construct, id: string, { deadLetters, again }: PatientQueueProps) {
    super(scope, id, {
      fifo: true,
      contentBasedDeduplication: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(again),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: (HOURS * 3600) / again },
    });
  }
}
