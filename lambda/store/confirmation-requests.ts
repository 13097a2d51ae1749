import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { base64url } from '../domain/kernel/base64url.ts';
import type { SignedConfirmation } from '../domain/subscribers/confirmation.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = () => process.env['SUBSCRIBERS_TABLE'];

/**
 * How many confirmations are asked for: of one mailbox in a day, so that nobody can fill another's; and in all in an hour, so that
 * the form cannot use up what SES lets be sent, which the updates need.
 */
const MOST = { mailboxInADay: 3, inAnHour: 500 };
const DAY = 24 * 3600;

const today = (digest: string) => `asked/${digest}/${new Date().toISOString().slice(0, 10)}`;
const thisHour = () => `asked/all/${new Date().toISOString().slice(0, 13)}`;
const expires = () => Math.floor(Date.now() / 1000) + 2 * DAY;

/** Whether one more confirmation may be sent to the mailbox of that digest. What may is counted. */
export const mayAsk = async (digest: string): Promise<boolean> =>
  (await count(today(digest), MOST.mailboxInADay)) && (await count(thisHour(), MOST.inAnHour));

/** One that was counted could not be sent: whoever asked may ask again. */
export async function giveBack(digest: string): Promise<void> {
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

/** Whether it was confirmed before. */
export async function isUsed(confirmation: SignedConfirmation): Promise<boolean> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: { id: used(confirmation) }, ConsistentRead: true }),
  );
  return Item !== undefined;
}

/** Remembered for longer than the link is good. */
export async function markUsed(confirmation: SignedConfirmation): Promise<void> {
  await client.send(new PutCommand({ TableName: TableName(), Item: { id: used(confirmation), expires: expires() } }));
}
