import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, type GetCommand } from '@aws-sdk/lib-dynamodb';
import { client } from '../../lambda/store/table.ts';
import { INCIDENTS_TABLE } from './incidents-table.ts';
import type { Send } from './memory-table.ts';

/** Creates a table in what answers for DynamoDB at an endpoint. */
export async function remoteTable(TableName: string, endpoint: string): Promise<Send> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const remote = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  await remote.send(new CreateTableCommand({ TableName, ...INCIDENTS_TABLE }));
  await waitUntilTableExists({ client: remote, maxWaitTime: 30, minDelay: 1 }, { TableName });
  const documents = DynamoDBDocumentClient.from(remote, client.config.translateConfig);
  return command => documents.send(command as GetCommand);
}
