import type { Construct } from 'constructs';
import { FifoSubscriber, type FifoSubscriberProps } from '../platform/fifo-subscriber.ts';
import type { Links } from '../platform/links.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import type { EventParts } from '../platform/responder-parts.ts';
import type { Paging } from './paging/paging.ts';

/** The parts that channels, and the public endpoints beside them, are built upon. */
export interface ChannelParts extends EventParts {
  paging: Paging;
  command: ResponderFunction;
  links: Links;
}

/**
 * Notifies another system: it gets events in their order, and while it is down everything waits. A message that it refuses
 * for good becomes a dead letter at once.
 */
export class NotificationChannel extends FifoSubscriber {
  constructor(scope: Construct, id: string, { responder, ...props }: Omit<FifoSubscriberProps, 'schedule'>) {
    const { bus } = responder;
    super(scope, id, { ...props, environment: { INCIDENT_BUS: bus.eventBusName, ...props.environment }, responder });
    this.addToRolePolicy({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] });
    this.addRule('Refused', this.deadLetters, {
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
