import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { publishEntries } from '../../adapters/incident-bus.ts';
import { fold } from '../../domain/incident/evolve.ts';
import { timelineOf } from '../../store/stream.ts';

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
