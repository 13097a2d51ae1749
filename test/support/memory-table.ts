import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type DeleteCommand,
  DynamoDBDocumentClient,
  type GetCommand,
  type PutCommand,
  type QueryCommand,
  type UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { World } from 'embedded-aws';
import { client } from '../../lambda/store/table.ts';
import { INCIDENTS_TABLE } from './incidents-table.ts';

/** The commands of the store. */
export type TableCommand = DeleteCommand | GetCommand | PutCommand | QueryCommand | UpdateCommand;

/** Sends a command of the store's client to a table. */
export type Send = (command: TableCommand) => Promise<unknown>;

export interface MemoryTable {
  send: Send;
  /** The write units that were billed, those of the indexes included. */
  readonly writeUnits: number;
  readonly largestItemBytes: number;
}

/** A table of this name in memory: dynalite's code on items in memory, with the sizes and the write units of DynamoDB. */
export async function memoryTable(name: string): Promise<MemoryTable> {
  const table = { Type: 'AWS::DynamoDB::GlobalTable', Properties: INCIDENTS_TABLE };
  // Without a name of its own, a resource has that of the template.
  const assembly = { name: 'Store', directory: '', region: 'us-east-1', template: { Resources: { [name]: table } } };
  const world = await World.deploy(assembly);
  const { tables } = world;
  const documents = DynamoDBDocumentClient.from(world.client(DynamoDBClient), client.config.translateConfig);
  return {
    send: command => documents.send(command as GetCommand),
    get writeUnits() {
      return tables.writeUnits;
    },
    get largestItemBytes() {
      return tables.largestItemBytes;
    },
  };
}
