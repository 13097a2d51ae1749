import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
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

/**
 * Stores the mail that subscribers get about the incident, unless a later one is stored already.
 *
 * @returns the components of all mails about it: a person may have said since that it is of others, and whoever was told of it must
 * hear that, and its end
 */
export async function keepMail(
  incident: string,
  { number, subject, body, components }: StoredMail & Pick<CustomerMail, 'components'>,
): Promise<string[]> {
  const Key = { id: latestKey(incident) };
  const ofAll = await client.send(
    new UpdateCommand({
      ...{ TableName: TableName(), Key, ReturnValues: 'UPDATED_NEW' },
      UpdateExpression: 'ADD components :components SET expires = :expires',
      ExpressionAttributeValues: { ':components': new Set(components), ':expires': expires() },
    }),
  );
  try {
    await client.send(
      new UpdateCommand({
        ...{ TableName: TableName(), Key },
        UpdateExpression: 'SET #number = :number, subject = :subject, body = :body',
        ConditionExpression: 'attribute_not_exists(#number) OR #number < :number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':number': number, ':subject': subject, ':body': body },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  return [...(ofAll.Attributes?.['components'] ?? components)];
}

/** The latest mail about the incident; undefined if the subscriber has got it or a later one. */
export async function mailFor(incident: string, email: string): Promise<StoredMail | undefined> {
  const [mail, sent] = await Promise.all([read(latestKey(incident)), read(sentKey(incident, email))]);
  return mail && (mail['number'] ?? 0) > (sent?.['number'] ?? 0) ? (mail as StoredMail) : undefined;
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
