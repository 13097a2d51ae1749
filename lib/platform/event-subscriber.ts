import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { EventType } from '../../lambda/domain/incident/events.ts';
import { droppedBy, undeliveredBy } from './dead-letters.ts';
import { IncidentFunction, type IncidentFunctionProps } from './incident-function.ts';
import type { EventParts } from './responder-parts.ts';

export interface EventSubscriberProps extends Omit<IncidentFunctionProps, 'deadLetters' | 'incidents'> {
  /** The types of events that it receives. */
  eventTypes: readonly EventType[];
  /** Tells operations what lies in the dead-letter queue, e.g. "Pages that reached nobody". */
  deadLetterDescription: string;
  responder: Pick<EventParts, 'bus' | 'incidents' | 'ownAlarms'>;
}

/**
 * Receives incident events and acts inside AWS: one rule, one function, one dead-letter queue. Lambda retries twice, which is
 * enough for services that are not down for hours; whatever calls a service outside AWS is a `NotificationChannel`.
 */
export class EventSubscriber extends IncidentFunction {
  constructor(
    scope: Construct,
    id: string,
    { eventTypes, deadLetterDescription, responder, ...props }: EventSubscriberProps,
  ) {
    const { bus, incidents, ownAlarms } = responder;
    const deadLetters = ownAlarms.addDeadLetterQueue(id, deadLetterDescription);
    super(scope, id, { ...props, incidents, deadLetters });
    incidents.grantCommit(this);
    const rule = new Rule(this, 'Entries', {
      description: props.description,
      eventBus: bus,
      eventPattern: { source: ['incident-response'], detailType: [...eventTypes] },
      targets: [new LambdaFunction(this.function, { deadLetterQueue: deadLetters })],
    });
    deadLetters.addSender(droppedBy(this.function));
    deadLetters.addSender(undeliveredBy(rule, bus));
  }
}
