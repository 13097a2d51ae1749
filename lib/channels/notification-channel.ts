import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Deployed } from '../../lambda/domain/deployed.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { QueuedListener, type QueuedListenerProps } from '../platform/fifo-subscriber.ts';
import type { IncidentsTable } from '../platform/incidents-table.ts';
import type { Links } from '../platform/links.ts';
import type { OwnAlarms } from '../platform/own-alarms.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import type { Paging } from './paging/paging.ts';

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
  links: Links;
}

/**
 * A way to another system: entries are told in their order, and while the other system is down everything waits. What it
 * refuses for good becomes a dead letter at once.
 */
export class Channel extends QueuedListener {
  constructor(scope: Construct, id: string, { parts, ...props }: Omit<QueuedListenerProps, 'every'>) {
    const { bus } = parts;
    super(scope, id, { ...props, environment: { INCIDENT_BUS: bus.eventBusName, ...props.environment }, parts });
    this.allow(['events:PutEvents'], [bus.eventBusArn]);
    this.rule('Refused', this.deadLetters, {
      description: `What ${props.name} refused for good`,
      eventBus: bus,
      eventPattern: {
        source: ['incident-response'],
        detailType: ['MessageRefused'],
        detail: { channel: [props.name] },
      },
    });
  }
}
