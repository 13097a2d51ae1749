import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { publishEvents } from '../../adapters/incident-bus.ts';
import { fold } from '../../domain/incident/evolve.ts';
import { timelineOf } from '../../store/stream.ts';

/** Publishes every committed event on the incident bus. After a failure Lambda retries from the record that failed. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const { dynamodb } of event.Records) {
    const after = timelineOf(dynamodb?.NewImage);
    const before = timelineOf(dynamodb?.OldImage);
    if (after.length <= before.length) continue;
    try {
      await publishEvents(fold(after), after.slice(before.length));
    } catch (error) {
      console.error({ message: `publishing failed: ${(error as Error).message}`, sequence: dynamodb?.SequenceNumber });
      return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}
