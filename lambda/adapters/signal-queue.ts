import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const client = new SQSClient({});

/** A message of the queue of signals, as Lambda gives it. */
export interface QueuedMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: { ApproximateReceiveCount: number };
}

/** Seconds until the next attempt at the latest, as the queue has it by itself. */
const LONGEST = 360;

/** Lets messages that failed be received again: within seconds at first, every six minutes in the end. */
export async function retrySoon(messages: readonly QueuedMessage[]): Promise<void> {
  const receives = Math.max(...messages.map(({ attributes }) => attributes.ApproximateReceiveCount));
  const VisibilityTimeout = Math.min(LONGEST, 2 ** receives);
  const Entries = messages.map(({ messageId, receiptHandle }) => ({
    ...{ Id: messageId, ReceiptHandle: receiptHandle, VisibilityTimeout },
  }));
  await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: process.env['SIGNAL_QUEUE'], Entries }));
}

/** Puts a message that can never be processed into the dead-letter queue, as it came, with the reason. */
export async function setAside({ messageId, body }: QueuedMessage, reason: string): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: process.env['SIGNAL_DEAD_LETTERS'],
      MessageBody: body,
      MessageGroupId: messageId,
      MessageAttributes: { reason: { DataType: 'String', StringValue: printable(reason) } },
    }),
  );
}

/** SQS refuses control characters and an empty text. */
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1000) || 'unknown';
