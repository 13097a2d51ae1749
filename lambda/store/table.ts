import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';

/** The key of an item in the incidents table. The partition key begins with the kind of item: `incident/`, `ledger/`. */
export interface ItemKey {
  pk: string;
  sk: string;
}

/** The sort key of an item that is alone in its partition. */
export const ALONE = '-';

export const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

export const TableName = () => process.env['INCIDENTS_TABLE'];

/** True if a conditional write found that another writer came first. */
export const isConflict = (error: unknown) => error instanceof ConditionalCheckFailedException;

/** Waits for a conditional write; false if another writer came first. */
export async function written(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Puts an item in place of the version that was read, 0 for none; false if another writer came first. */
export const putVersion = (item: ItemKey & Record<string, unknown>, read: number): Promise<boolean> =>
  written(
    client.send(
      new PutCommand({
        TableName: TableName(),
        Item: { ...item, version: read + 1 },
        ConditionExpression: read === 0 ? 'attribute_not_exists(pk)' : 'version = :version',
        ...(read === 0 ? {} : { ExpressionAttributeValues: { ':version': read } }),
      }),
    ),
  );
