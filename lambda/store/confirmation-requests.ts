import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { base64url } from '../domain/kernel/base64url.ts';
import type { SignedConfirmation } from '../domain/subscribers/confirmation.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = () => process.env['SUBSCRIBERS_TABLE'];

/**
 * At most this many confirmation mails are sent: to one mailbox in a day, so that nobody can flood it, and in all in an hour, so
 * that the form cannot use up the SES quota that the updates need.
 */
const MOST = { mailboxInADay: 3, inAnHour: 500 };
const DAY = 24 * 3600;

const today = (digest: string) => `asked/${digest}/${new Date().toISOString().slice(0, 10)}`;
const thisHour = () => `asked/all/${new Date().toISOString().slice(0, 13)}`;
const expires = () => Math.floor(Date.now() / 1000) + 2 * DAY;

/** Tells if one more confirmation may be sent to the mailbox with that digest, and counts it. */
export const countIfAllowed = async (digest: string): Promise<boolean> =>
  (await count(today(digest), MOST.mailboxInADay)) && (await count(thisHour(), MOST.inAnHour));

/** Takes back the count of a mail that could not be sent, so that the customer may ask again. */
export async function uncount(digest: string): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: TableName(),
      Key: { id: today(digest) },
      UpdateExpression: 'ADD times :less SET expires = :expires',
      ExpressionAttributeValues: { ':less': -1, ':expires': expires() },
    }),
  );
}

async function count(id: string, most: number): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: TableName(),
        Key: { id },
        UpdateExpression: 'ADD times :one SET expires = :expires',
        ConditionExpression: 'attribute_not_exists(times) OR times < :most',
        ExpressionAttributeValues: { ':one': 1, ':expires': expires(), ':most': most },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

const used = ({ mac }: SignedConfirmation) => `used/${base64url(mac)}`;

/** Tells if the link was used before. */
export async function isUsed(confirmation: SignedConfirmation): Promise<boolean> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: { id: used(confirmation) }, ConsistentRead: true }),
  );
  return Item !== undefined;
}

/** Records that the link was used, for longer than it is valid. */
export async function markUsed(confirmation: SignedConfirmation): Promise<void> {
  await client.send(new PutCommand({ TableName: TableName(), Item: { id: used(confirmation), expires: expires() } }));
}
