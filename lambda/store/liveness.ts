import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { openIncidents } from './incident-lists.ts';
import { client, TableName } from './table.ts';

/** Reads and writes as the watch does, on an item of its own. @throws when the table cannot be read or written */
export async function checkStore(service: string, now: string): Promise<void> {
  const write = new UpdateCommand({
    TableName: TableName(),
    Key: { pk: `measured/${service}`, sk: 'checked' },
    UpdateExpression: 'SET checkedAt = :now',
    ExpressionAttributeValues: { ':now': now },
  });
  await Promise.all([client.send(write), openIncidents()]);
}
