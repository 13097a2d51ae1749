import type { Server } from 'node:http';
import dynalite from 'dynalite';
import inject from 'light-my-request';
import { type Input, ServiceError } from '../../account/account.ts';
import type { TableEngine } from './engine.ts';
import type { Item, TableDefinition } from './items.ts';

/** A signature is asked for, and not checked. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=embedded/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
};

/** Dynalite, a server of DynamoDB's that others wrote, spoken to without a socket. */
export class DynaliteEngine implements TableEngine {
  private readonly server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  async create(table: TableDefinition): Promise<void> {
    await this.execute('CreateTable', table);
    // A timer makes the table active.
    while ((await this.execute('DescribeTable', { TableName: table.TableName }))['Table'].TableStatus !== 'ACTIVE');
  }

  async read({ TableName }: TableDefinition, Key: Item): Promise<Item | undefined> {
    return (await this.execute('GetItem', { TableName, Key, ConsistentRead: true }))['Item'];
  }

  async execute(operation: string, input: Input): Promise<Input> {
    const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const dispatch = (request: unknown, response: unknown) => this.server.emit('request', request, response);
    const payload = JSON.stringify(input);
    const { statusCode, body } = await inject(dispatch, { method: 'POST', url: '/', headers, payload });
    const answer = JSON.parse(body);
    if (statusCode === 200) return answer;
    throw new ServiceError(String(answer.__type).replace(/^.*#/, ''), answer.message ?? answer.Message ?? '');
  }
}
