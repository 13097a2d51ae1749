import type { Duration } from 'aws-cdk-lib';
import { Rule, type RuleProps, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ChannelParts } from '../channels/notification-channel.ts';
import type { ListenerProps } from './event-subscriber.ts';
import { ResponderFunction } from './responder-function.ts';
import { PatientQueue } from './retry-queue.ts';

export interface QueuedListenerProps extends Omit<ListenerProps, 'parts' | 'timeout'> {
  /** As the function calls itself. */
  name: string;
  /** Seconds after which what failed is tried again, and in which it is done. @default 60 */
  again?: number;
  /** How often it is called even if nothing happens. Absent, never. */
  every?: Duration;
  parts: Pick<ChannelParts, 'bus' | 'incidents' | 'ownAlarms' | 'undelivered'>;
}

/**
 * Hears of entries in their order and one at a time: one rule, one queue, one function, one queue of dead letters. The queue
 * is FIFO, of one group: while something fails, everything waits here, and only here.
 */
export class QueuedListener extends ResponderFunction {
  protected readonly deadLetters: Queue;
  private readonly name: string;
  private readonly undelivered: Queue;

  constructor(
    scope: Construct,
    id: string,
    { name, entries, again = 60, every, lost, parts, ...props }: QueuedListenerProps,
  ) {
    const { bus, incidents, ownAlarms, undelivered } = parts;
    super(scope, id, {
      ...props,
      environment: { INCIDENTS_TABLE: incidents.table.tableName, ...props.environment },
      timeout: again - 5,
    });
    this.name = name;
    this.undelivered = undelivered;
    incidents.grantCommit(this);
    this.deadLetters = ownAlarms.deadLetters(id, lost, { fifo: true });
    const queue = new PatientQueue(this, 'Queue', { deadLetters: this.deadLetters, again });
    this.function.addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
    this.rule('Entries', queue, {
      description: `What ${name} is told of`,
      eventBus: bus,
      eventPattern: { source: ['incident-response'], detailType: [...entries] },
    });
    if (every)
      this.rule('Every', queue, { description: `When ${name} looks by itself`, schedule: Schedule.rate(every) });
  }

  /** EventBridge puts what the rule matches into the queue, in the one group. */
  protected rule(id: string, queue: Queue, props: RuleProps): void {
    const target = new SqsQueue(queue, { messageGroupId: this.name, deadLetterQueue: this.undelivered });
    new Rule(this, id, { ...props, targets: [target] });
  }
}
