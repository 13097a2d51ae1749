import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { publishEvents } from '../../adapters/incident-bus.ts';
import { committedIn, type StreamedCommit } from '../../store/stream.ts';

/** Publishes every committed event on the incident bus. After a failure Lambda retries from the record that failed. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      const commit = readable(record);
      if (commit) await publishEvents(commit);
    } catch (error) {
      const sequence = record.dynamodb?.SequenceNumber ?? '';
      console.error({ message: `publishing failed: ${(error as Error).message}`, sequence });
      return { batchItemFailures: [{ itemIdentifier: sequence }] };
    }
  }
  return { batchItemFailures: [] };
}

/** One commit that cannot be read holds up no other: it would be tried a hundred times. The watch tells operations of its incident. */
function readable(record: DynamoDBRecord): StreamedCommit | undefined {
  try {
    return committedIn(record);
  } catch (error) {
    const { name, message } = error as Error;
    const sequence = record.dynamodb?.SequenceNumber ?? '';
    console.error({ message: `a commit cannot be read, and is not published: ${message}`, error: name, sequence });
    return undefined;
  }
}
