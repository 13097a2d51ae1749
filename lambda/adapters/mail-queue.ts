import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const client = new SQSClient({});

/** That a subscriber has something to be told of an incident. */
export interface QueuedMail {
  incident: string;
  /** Of the letter because of which it was queued. */
  number: number;
  email: string;
}

/** SQS takes ten at a time; as many times are asked at once. */
const BATCH = 10;
const AT_ONCE = 10;

/** Queues a mail for each, in a group for each: nobody waits for anybody else's. @throws when some were not taken. */
export async function queueMails(mails: readonly QueuedMail[]): Promise<void> {
  for (let from = 0; from < mails.length; from += BATCH * AT_ONCE) {
    const batches = Array.from({ length: AT_ONCE }, (_, i) => mails.slice(from + i * BATCH, from + (i + 1) * BATCH));
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

/** What SES will never take becomes a dead letter. */
export async function setAside(mail: QueuedMail): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: process.env['MAIL_DEAD_LETTERS'], ...message(mail) }));
}

const message = (mail: QueuedMail) => ({
  MessageBody: JSON.stringify(mail),
  MessageGroupId: createHash('sha256').update(mail.email).digest('hex'),
});
