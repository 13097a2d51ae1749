import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ServiceMeasurement } from '../domain/incident/commands.ts';
import { ALONE, client, TableName } from './table.ts';

/** Stores the latest measurement of a service, and returns the one before; undefined when there was none. */
export async function swapMeasurement(
  service: string,
  { facts, at }: ServiceMeasurement,
): Promise<ServiceMeasurement | undefined> {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: TableName(),
      Key: { pk: `measured/${service}`, sk: ALONE },
      UpdateExpression: 'SET facts = :facts, measuredAt = :at',
      ExpressionAttributeValues: { ':facts': facts, ':at': at },
      ReturnValues: 'ALL_OLD',
    }),
  );
  return Attributes && { facts: Attributes['facts'], at: Attributes['measuredAt'] };
}
