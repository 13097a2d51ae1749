import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CustomerMail } from '../domain/subscribers/customer-notification.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = () => process.env['SUBSCRIBERS_TABLE'];

/** Longer than a mail can wait in its queue and among the dead letters. */
const DAYS = 30;
const expires = () => Math.floor(Date.now() / 1000) + DAYS * 24 * 3600;

type Kept = Pick<CustomerMail, 'number' | 'subject' | 'body'>;

const latest = (incident: string) => `letter/${incident}`;
const told = (incident: string, email: string) =>
  `told/${createHash('sha256').update(`${incident} ${email}`).digest('base64url')}`;

/** From now on this is what subscribers are told of the incident, unless a later letter is there. */
export async function keepMail(incident: string, { number, subject, body }: Kept): Promise<void> {
  try {
    await client.send(
      new PutCommand({
        TableName: TableName(),
        Item: { id: latest(incident), number, subject, body, expires: expires() },
        ConditionExpression: 'attribute_not_exists(id) OR #number < :number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':number': number },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The latest letter about the incident, if the subscriber has not been told of it or of a later one. */
export async function mailFor(incident: string, email: string): Promise<Kept | undefined> {
  const [letter, before] = await Promise.all([read(latest(incident)), read(told(incident, email))]);
  return letter && letter['number'] > (before?.['number'] ?? 0) ? (letter as Kept) : undefined;
}

/** The subscriber has been told. */
export async function markTold(incident: string, email: string, { number }: Kept): Promise<void> {
  const Item = { id: told(incident, email), number, expires: expires() };
  await client.send(new PutCommand({ TableName: TableName(), Item }));
}

async function read(id: string) {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: { id }, ConsistentRead: true }));
  return Item;
}
