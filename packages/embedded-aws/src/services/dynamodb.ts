import type { Server } from 'node:http';
import { Readable } from 'node:stream';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import inject from 'light-my-request';
import type { Account, Caller, Input, Operation } from '../account/account.ts';
import type { Deployed } from '../assembly/resolve.ts';

type Item = Record<string, AttributeValue>;

/** A change of an item, as a stream carries it. */
export interface StreamRecord {
  tableArn: string;
  sequence: string;
  keys: Item;
  before: Item | undefined;
  after: Item | undefined;
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** DynamoDB: dynalite, spoken to without a socket, with the streams that dynalite lacks. */
export class Tables {
  private readonly account: Account;
  private readonly server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  private readonly admin = new DynamoDBClient(this.configuration());
  private readonly onChange: ((record: StreamRecord) => void)[] = [];
  private sequence = 0;

  constructor(account: Account) {
    this.account = account;
  }

  /** Creates the template's tables. */
  async create(): Promise<void> {
    for (const { ref, properties } of this.account.ofType('AWS::DynamoDB::GlobalTable')) {
      const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = properties;
      await this.admin.send(
        new CreateTableCommand({
          TableName: ref,
          KeySchema,
          AttributeDefinitions,
          GlobalSecondaryIndexes,
          BillingMode,
        }),
      );
    }
    await new Promise(resolve => setImmediate(resolve));
  }

  /** From now on, `listener` hears of every change of an item in a table that has a stream. */
  onRecord(listener: (record: StreamRecord) => void): void {
    this.onChange.push(listener);
  }

  /** A client class for a function: what it sends is checked against its role before it reaches dynalite. */
  clientFor(caller: Caller, timer: { milliseconds: number }): typeof DynamoDBClient {
    const configuration = this.configuration(async (operation, input, send) => {
      this.authorise(caller, timer, operation, input);
      return this.write(operation, input, send);
    });
    return class extends DynamoDBClient {
      constructor(given: DynamoDBClientConfig) {
        super({ ...given, ...configuration });
      }
    } as typeof DynamoDBClient;
  }

  private authorise(caller: Caller, timer: { milliseconds: number }, operation: string, input: Input): void {
    const milliseconds = this.account.random.between(3, 14);
    timer.milliseconds += milliseconds;
    this.account.emit('call', { function: caller.name, service: 'dynamodb', operation, milliseconds });
    const table = this.find(input['TableName']);
    const resource = input['IndexName'] ? `${table.arn}/index/${input['IndexName']}` : table.arn;
    const keys = input['Item'] ?? input['Key'];
    const operationOf: Operation = {
      resources: () => [resource],
      context: () => ({ 'dynamodb:LeadingKeys': keys ? [leadingKey(table, keys)] : [] }),
      run: () => undefined,
    };
    this.account.authorise(caller, 'dynamodb', operation, operationOf, input);
  }

  /** A write with what stood before and after it, for the stream. */
  private async write(operation: string, input: Input, write: () => Promise<Answer>): Promise<Answer> {
    const table = this.find(input['TableName']);
    if (!WRITES.includes(operation) || !table.properties['StreamSpecification']) return write();
    const keys = keysOf(table, input['Item'] ?? input['Key']);
    const before = await this.read(table, keys);
    const result = await write();
    const after = await this.read(table, keys);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      const sequence = String(++this.sequence).padStart(21, '0');
      for (const listener of this.onChange) listener({ tableArn: table.arn, sequence, keys, before, after });
    }
    return result;
  }

  private async read(table: Deployed, keys: Item): Promise<Item | undefined> {
    const { Item } = await this.admin.send(
      new GetItemCommand({ TableName: table.ref, Key: keys, ConsistentRead: true }),
    );
    return Item;
  }

  private find(name: string): Deployed {
    const table = this.account.ofType('AWS::DynamoDB::GlobalTable').find(({ ref }) => ref === name);
    if (!table) throw new Error(`there is no table ${name}`);
    return table;
  }

  private configuration(around: Around = (_operation, _input, send) => send()): DynamoDBClientConfig {
    const handle = ({ headers, body }: { headers: Record<string, string>; body: string | Uint8Array }) => {
      const payload =
        typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      const operation = headers['x-amz-target']?.split('.').at(-1) ?? '';
      return around(operation, JSON.parse(payload.toString()), () => this.send(headers, payload));
    };
    return {
      region: 'us-east-1',
      endpoint: 'http://dynamodb.invalid',
      credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
      signer: { sign } as never,
      maxAttempts: 1,
      requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } as never,
    };
  }

  private async send(headers: Record<string, string>, payload: Buffer): Promise<Answer> {
    const dispatch = (request: unknown, response: unknown) => this.server.emit('request', request, response);
    const {
      statusCode,
      headers: answered,
      rawPayload,
    } = await inject(dispatch, { method: 'POST', url: '/', headers, payload });
    return { response: { statusCode, headers: answered, body: Readable.from([rawPayload]) } };
  }
}

/** A signature is asked for, and not checked: a real one costs time. */
const SIGNED = {
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=embedded/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
};

const sign = async ({ headers, ...request }: { headers: object }) => ({
  ...request,
  headers: { ...headers, ...SIGNED },
});

interface Answer {
  response: { statusCode: number; headers: unknown; body: Readable };
}

/** Handles a request on its way to dynalite. */
type Around = (operation: string, input: Input, send: () => Promise<Answer>) => Promise<Answer>;

const keyNames = ({ properties }: Deployed) =>
  (properties['KeySchema'] as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);

const keysOf = (table: Deployed, item: Item): Item =>
  Object.fromEntries(keyNames(table).map(name => [name, item[name] as AttributeValue]));

function leadingKey(table: Deployed, item: Item): string {
  const [partition = ''] = keyNames(table);
  return item[partition]?.S ?? '';
}
