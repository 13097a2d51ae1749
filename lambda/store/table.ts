import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

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
