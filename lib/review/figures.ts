import type { Construct } from 'constructs';
import { EventSubscriber, type EventSubscriberProps } from '../platform/event-subscriber.ts';
import { grantPutMetrics } from '../platform/own-metrics.ts';

/** Writes the figures of each incident that is over as metrics. */
export class Figures extends EventSubscriber {
  constructor(scope: Construct, id: string, responder: EventSubscriberProps['responder']) {
    super(scope, id, {
      folder: 'functions/figures',
      description: 'How long an incident took and what was kept, as metrics',
      eventTypes: ['OutageMeasured'],
      deadLetterDescription: 'Incidents that the metrics do not count',
      responder,
    });
    grantPutMetrics(this);
  }
}
