import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CustomerMail } from '../domain/subscribers/customer-notification.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = () => process.env['SUBSCRIBERS_TABLE'];

/** Days to keep an item: longer than a mail can wait in its queue and in the dead-letter queue. */
const RETENTION_DAYS = 30;
const expires = () => Math.floor(Date.now() / 1000) + RETENTION_DAYS * 24 * 3600;

type StoredMail = Pick<CustomerMail, 'number' | 'subject' | 'body'>;

const latestKey = (incident: string) => `letter/${incident}`;
const sentKey = (incident: string, email: string) =>
  `told/${createHash('sha256').update(`${incident} ${email}`).digest('base64url')}`;

/** Stores the mail that subscribers get about the incident, unless a later one is stored already. */
export async function keepMail(incident: string, { number, subject, body }: StoredMail): Promise<void> {
  try {
    await client.send(
      new PutCommand({
        TableName: TableName(),
        Item: { id: latestKey(incident), number, subject, body, expires: expires() },
        ConditionExpression: 'attribute_not_exists(id) OR #number < :number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':number': number },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The latest mail about the incident; undefined if the subscriber has got it or a later one. */
export async function mailFor(incident: string, email: string): Promise<StoredMail | undefined> {
  const [mail, sent] = await Promise.all([read(latestKey(incident)), read(sentKey(incident, email))]);
  return mail && mail['number'] > (sent?.['number'] ?? 0) ? (mail as StoredMail) : undefined;
}

/** Records that the subscriber has got the mail. */
export async function markSent(incident: string, email: string, { number }: StoredMail): Promise<void> {
  const Item = { id: sentKey(incident, email), number, expires: expires() };
  await client.send(new PutCommand({ TableName: TableName(), Item }));
}

async function read(id: string) {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: { id }, ConsistentRead: true }));
  return Item;
}
