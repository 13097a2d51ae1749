import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { publishEntries } from '../../adapters/incident-bus.ts';
import type { TimelineEntry } from '../../domain/incident/events.ts';
import { fold } from '../../domain/incident/evolve.ts';

/** The timeline speaks: every committed entry goes to the incident bus. A failure is retried from the record it hit. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const { dynamodb } of event.Records) {
    const after = timelineOf(dynamodb?.NewImage);
    const before = timelineOf(dynamodb?.OldImage);
    if (after.length <= before.length) continue;
    try {
      await publishEntries(fold(after), after.slice(before.length));
    } catch (error) {
      console.error({ message: `publishing failed: ${(error as Error).message}`, sequence: dynamodb?.SequenceNumber });
      return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}

/** The table's other items (the counter of ids, the ledger) have no timeline and nothing to say. */
const timelineOf = (image: unknown): TimelineEntry[] =>
  image ? (unmarshall(image as Record<string, AttributeValue>)['timeline'] ?? []) : [];
