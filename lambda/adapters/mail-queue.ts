import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const client = new SQSClient({});

/** A mail to be sent: a subscriber is to be told of an incident. */
export interface QueuedMail {
  incident: string;
  /** Number of the update for which the mail was queued. */
  number: number;
  email: string;
}

/** SQS accepts ten messages in one call; ten calls are made at once. */
const BATCH = 10;
const PARALLEL_BATCHES = 10;

/** Queues mails, each address in a message group of its own, so that none waits for another. @throws when SQS refused some. */
export async function queueMails(mails: readonly QueuedMail[]): Promise<void> {
  for (let from = 0; from < mails.length; from += BATCH * PARALLEL_BATCHES) {
    const batches = Array.from({ length: PARALLEL_BATCHES }, (_, i) =>
      mails.slice(from + i * BATCH, from + (i + 1) * BATCH),
    );
    await Promise.all(batches.filter(batch => batch.length > 0).map(queue));
  }
}

async function queue(batch: readonly QueuedMail[]): Promise<void> {
  const Entries = batch.map((mail, i) => ({ Id: String(i), ...message(mail) }));
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({ QueueUrl: process.env['MAIL_QUEUE'], Entries }),
  );
  const [first] = Failed;
  if (first) throw new Error(`the queue of mails refused ${Failed.length} of ${batch.length}: ${first.Code}`);
}

/** Sends a mail that SES refused for good to the dead-letter queue. */
export async function sendToDeadLetters(mail: QueuedMail): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: process.env['MAIL_DEAD_LETTERS'], ...message(mail) }));
}

const message = (mail: QueuedMail) => ({
  MessageBody: JSON.stringify(mail),
  MessageGroupId: createHash('sha256').update(mail.email).digest('hex'),
});
