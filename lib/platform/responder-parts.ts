import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { ServiceConfig } from '../config/service-config.ts';
import type { DeadLetterQueue } from './dead-letters.ts';
import type { IncidentsTable } from './incidents-table.ts';
import type { OwnAlarms } from './own-alarms.ts';
import type { TextTemplates } from './templates.ts';

/** The parts of the responder that all others are built upon. */
export interface ResponderParts {
  config: ServiceConfig;
  incidents: IncidentsTable;
  ownAlarms: OwnAlarms;
  templates: TextTemplates;
}

/** The parts that a subscriber to incident events is built upon. */
export interface EventParts extends ResponderParts {
  bus: EventBus;
  /** EventBridge leaves here what it could not put into a FIFO queue; it takes no FIFO queue as the dead-letter queue of a rule. */
  undelivered: DeadLetterQueue;
}
