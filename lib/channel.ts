import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Deployed } from '../lambda/domain/deployed.ts';
import type { EntryType } from '../lambda/domain/timeline.ts';
import type { ServiceConfig } from './config.ts';
import { ResponderFunction, type ResponderFunctionProps } from './function.ts';
import type { IncidentsTable } from './incidents-table.ts';
import type { OwnAlarms } from './own-alarms.ts';
import type { Paging } from './paging.ts';

/** What every channel, and the door beside it, is built upon. */
export interface ChannelParts {
  config: ServiceConfig;
  bus: EventBus;
  incidents: IncidentsTable;
  ownAlarms: OwnAlarms;
  paging: Paging;
  deployed: Deployed;
  /** Where the bus leaves what it could not put into a queue; EventBridge takes no FIFO queue for that. */
  undelivered: Queue;
  command: ResponderFunction;
}

export interface ChannelProps extends Pick<ResponderFunctionProps, 'folder' | 'description' | 'environment'> {
  /** As the function calls itself. */
  name: string;
  /** What it hears of. */
  entries: readonly EntryType[];
  /** What its dead letters are. */
  lost: string;
  parts: ChannelParts;
}

/** Seconds after which what failed is tried again. */
const AGAIN = 60;
/** Hours for which it is tried: SQS counts to a thousand. */
const HOURS = 12;

/**
 * A way to another system: one rule, one queue, one function, one queue of dead letters. The queue is FIFO, of one group:
 * entries are told in their order and one at a time, and while the other system is down everything waits here, and only here.
 */
export class Channel extends ResponderFunction {
  constructor(scope: Construct, id: string, { name, entries, lost, parts, ...props }: ChannelProps) {
    const { bus, incidents, ownAlarms, undelivered } = parts;
    super(scope, id, {
      ...props,
      environment: {
        INCIDENTS_TABLE: incidents.table.tableName,
        INCIDENT_BUS: bus.eventBusName,
        ...props.environment,
      },
      timeout: AGAIN - 5,
    });
    incidents.grantCommit(this);
    this.allow(['events:PutEvents'], [bus.eventBusArn]);
    const deadLetters = ownAlarms.deadLetters(id, lost, { fifo: true });
    const queue = new Queue(this, 'Queue', {
      fifo: true,
      contentBasedDeduplication: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(AGAIN),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: (HOURS * 3600) / AGAIN },
    });
    this.function.addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
    const target = (to: Queue) => new SqsQueue(to, { messageGroupId: name, deadLetterQueue: undelivered });
    new Rule(this, 'Entries', {
      description: `What ${name} is told of`,
      eventBus: bus,
      eventPattern: { source: ['incident-response'], detailType: [...entries] },
      targets: [target(queue)],
    });
    new Rule(this, 'Refused', {
      description: `What ${name} refused for good`,
      eventBus: bus,
      eventPattern: { source: ['incident-response'], detailType: ['MessageRefused'], detail: { channel: [name] } },
      targets: [target(deadLetters)],
    });
  }
}
