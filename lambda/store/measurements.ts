import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ServiceMeasurement } from '../domain/incident/commands.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** Stores the latest measurement of a service, and returns the one before; undefined when there was none. */
export async function swapMeasurement(
  service: string,
  { facts, at }: ServiceMeasurement,
): Promise<ServiceMeasurement | undefined> {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: process.env['INCIDENTS_TABLE'],
      Key: { slot: `measured/${service}`, number: 0 },
      UpdateExpression: 'SET facts = :facts, measuredAt = :at',
      ExpressionAttributeValues: { ':facts': facts, ':at': at },
      ReturnValues: 'ALL_OLD',
    }),
  );
  return Attributes && { facts: Attributes['facts'], at: Attributes['measuredAt'] };
}
