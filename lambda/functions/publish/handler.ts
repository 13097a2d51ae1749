import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { publishEvents } from '../../adapters/incident-bus.ts';
import { committedIn } from '../../store/stream.ts';

/** Publishes every committed event on the incident bus. After a failure Lambda retries from the record that failed. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      const commit = committedIn(record);
      if (commit) await publishEvents(commit);
    } catch (error) {
      const sequence = record.dynamodb?.SequenceNumber ?? '';
      console.error({ message: `publishing failed: ${(error as Error).message}`, sequence });
      return { batchItemFailures: [{ itemIdentifier: sequence }] };
    }
  }
  return { batchItemFailures: [] };
}
