import { Duration } from 'aws-cdk-lib';
import { Rule, type RuleProps, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type DeadLetterQueue, deliveredBy, undeliveredBy } from './dead-letters.ts';
import type { EventSubscriberProps } from './event-subscriber.ts';
import { IncidentFunction } from './incident-function.ts';
import type { EventParts } from './responder-parts.ts';
import { RetryQueue } from './retry-queue.ts';

export interface FifoSubscriberProps extends Omit<EventSubscriberProps, 'responder' | 'timeout'> {
  /** The function's own name for itself, e.g. in `MessageRefused`. */
  name: string;
  /** A failed attempt is repeated after this time; the function times out sooner. @default Duration.minutes(1) */
  retryAfter?: Duration;
  /** The interval at which it is called even if nothing happens. @default - never */
  schedule?: Duration;
  responder: Pick<EventParts, 'bus' | 'incidents' | 'ownAlarms' | 'undelivered'>;
}

/**
 * Receives incident events in their order and one at a time: one rule, one queue, one function, one dead-letter queue. The
 * queue is FIFO and has one message group: while something fails, everything waits here, and only here.
 */
export class FifoSubscriber extends IncidentFunction {
  protected readonly deadLetters: DeadLetterQueue;
  private readonly name: string;
  private readonly undelivered: DeadLetterQueue;

  constructor(
    scope: Construct,
    id: string,
    {
      name,
      eventTypes,
      retryAfter = Duration.minutes(1),
      schedule,
      deadLetterDescription,
      responder,
      ...props
    }: FifoSubscriberProps,
  ) {
    const { bus, incidents, ownAlarms, undelivered } = responder;
    super(scope, id, { ...props, incidents, timeout: retryAfter.minus(MARGIN) });
    this.name = name;
    this.undelivered = undelivered;
    incidents.grantCommit(this);
    this.deadLetters = ownAlarms.addDeadLetterQueue(id, deadLetterDescription, { fifo: true });
    const queue = new RetryQueue(this, 'Queue', { deadLetters: this.deadLetters, retryAfter });
    this.function.addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
    this.addRule('Entries', queue, {
      description: `What ${name} is told of`,
      eventBus: bus,
      eventPattern: { source: ['incident-response'], detailType: [...eventTypes] },
    });
    if (schedule)
      this.addRule('Every', queue, { description: `When ${name} looks by itself`, schedule: Schedule.rate(schedule) });
  }

  /**
   * Adds a rule by which EventBridge puts messages into the queue, all in the one message group. The next time of a schedule makes up
   * for one that is not delivered, as the first in a new stack, which may come before the queue's policy.
   */
  protected addRule(id: string, queue: Queue, props: RuleProps): void {
    const deadLetterQueue = props.schedule ? {} : { deadLetterQueue: this.undelivered };
    const target = new SqsQueue(queue, { messageGroupId: this.name, ...deadLetterQueue });
    const rule = new Rule(this, id, { ...props, targets: [target] });
    if (queue === this.deadLetters) this.deadLetters.addSender(deliveredBy(rule, props.eventBus));
    else if (!props.schedule) this.undelivered.addSender(undeliveredBy(rule, props.eventBus));
  }
}

/** The function must have ended before its message is visible again. */
const MARGIN = Duration.seconds(5);
