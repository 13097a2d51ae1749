import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { IncidentEvent } from '../domain/incident/events.ts';

/** The events in a stream image. The table's other items (the counter of ids, the ledger) have none. */
export const timelineOf = (image: unknown): IncidentEvent[] =>
  image ? (unmarshall(image as Record<string, AttributeValue>)['timeline'] ?? []) : [];
