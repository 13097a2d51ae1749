import { type Account, type Input, type Operation, ServiceError } from '../../account/account.ts';
import type { Deployed } from '../../assembly/resolve.ts';
import { DynaliteEngine } from './dynalite.ts';
import type { TableEngine } from './engine.ts';
import { fromWire, type Item, keyNames, keysOf, type TableDefinition, toWire } from './items.ts';
import { MemoryEngine } from './memory.ts';
import { isSame, itemBytes, MOST_ITEM_BYTES, type WriteCost, writeCost } from './sizes.ts';

/** A change of an item, as a stream carries it. */
export interface StreamRecord {
  tableArn: string;
  sequence: string;
  keys: Item;
  before: Item | undefined;
  after: Item | undefined;
}

/** The code that answers for the tables: dynalite's code on items in memory, or dynalite as it is, which takes twenty times as long. */
export type TableKind = 'memory' | 'dynalite';

/** Virtual milliseconds that a call takes. */
const MILLISECONDS: readonly [number, number] = [3, 14];

/** DynamoDB: the template's tables, with streams, sizes and write units. */
export class Tables {
  /** The bytes of the largest item that was ever written. */
  largestItemBytes = 0;
  /** The write request units that were billed, those of the indexes included. */
  writeUnits = 0;
  private readonly account: Account;
  private readonly engine: TableEngine;
  private readonly onChange: ((record: StreamRecord) => void)[] = [];
  private sequence = 0;
  /** Writes are done one after the other, so that each knows what stood before it. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(account: Account, kind: TableKind = 'memory') {
    this.account = account;
    this.engine = kind === 'memory' ? new MemoryEngine() : new DynaliteEngine();
    const read = (operation: string) => this.operation(input => this.engine.execute(operation, input));
    const write = (operation: string) => this.operation(input => this.inTurn(() => this.write(operation, input)));
    account.provide('dynamodb', {
      GetItem: read('GetItem'),
      Query: read('Query'),
      Scan: read('Scan'),
      BatchGetItem: this.operation(input => this.batch(input)),
      PutItem: write('PutItem'),
      UpdateItem: write('UpdateItem'),
      DeleteItem: write('DeleteItem'),
    });
  }

  /** Creates the template's tables. */
  async create(): Promise<void> {
    for (const table of this.account.ofType('AWS::DynamoDB::GlobalTable'))
      await this.engine.create(definitionOf(table));
  }

  /** From now on, `listener` hears of every change of an item in a table that has a stream. */
  onRecord(listener: (record: StreamRecord) => void): void {
    this.onChange.push(listener);
  }

  private operation(run: (input: Input) => Promise<Input>): Operation {
    return {
      resources: input => tablesOf(input).map(name => this.resourceOf(name, input['IndexName'])),
      context: input => ({ 'dynamodb:LeadingKeys': this.leadingKeys(input) }),
      // `onRecord` tells them.
      changes: () => undefined,
      milliseconds: MILLISECONDS,
      run: async input => fromWire(await run(toWire(input))),
    };
  }

  private resourceOf(name: string, index: string | undefined): string {
    const { arn } = this.find(name);
    return index ? `${arn}/index/${index}` : arn;
  }

  private leadingKeys(input: Input): string[] {
    return tablesOf(input).flatMap(name => {
      const [partition = ''] = keyNames(definitionOf(this.find(name)));
      const items: Item[] = input['RequestItems']?.[name].Keys ?? [input['Item'] ?? input['Key'] ?? {}];
      return items.flatMap(item => (item[partition] ? [item[partition].S ?? ''] : []));
    });
  }

  private inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const done = this.turn.then(act);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async write(operation: string, input: Input): Promise<Input> {
    const table = this.find(input['TableName']);
    const definition = definitionOf(table);
    if (operation === 'PutItem') this.account.measure('item of a table', itemBytes(input['Item']));
    const keys = keysOf(definition, input['Item'] ?? input['Key']);
    const before = await this.engine.read(definition, keys);
    try {
      const output = await this.engine.execute(operation, input);
      const after = operation === 'DeleteItem' ? undefined : await this.engine.read(definition, keys);
      const cost = writeCost(definition, before, after);
      this.bill(cost);
      this.account.measure('item of a table', itemBytes(after));
      this.largestItemBytes = Math.max(this.largestItemBytes, itemBytes(after));
      this.record(table, keys, before, after);
      return { ...output, ConsumedCapacity: consumed(input, cost) };
    } catch (error) {
      if (error instanceof ServiceError && /maximum allowed size/.test(error.message))
        this.account.sizes.count('item of a table', MOST_ITEM_BYTES + 1);
      if (!(error instanceof ServiceError) || error.name !== 'ConditionalCheckFailedException') throw error;
      this.bill(writeCost(definition, before, before));
      const Item = input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' ? before : undefined;
      throw Item ? new ServiceError(error.name, error.message, { Item: fromWire(Item) }) : error;
    }
  }

  private bill({ table, indexes }: WriteCost): void {
    this.writeUnits += Object.values(indexes).reduce((sum, units) => sum + units, table);
  }

  private record({ arn: tableArn, properties }: Deployed, keys: Item, before?: Item, after?: Item): void {
    if (!properties['StreamSpecification'] || isSame(before, after)) return;
    const sequence = String(++this.sequence).padStart(21, '0');
    for (const listener of this.onChange) listener({ tableArn, sequence, keys, before, after });
  }

  /** AWS answers a batch in no order, and dynalite in a new one each time: here the seed decides. */
  private async batch(input: Input): Promise<Input> {
    const output = await this.engine.execute('BatchGetItem', input);
    for (const items of Object.values(output['Responses'] as Record<string, Item[]>)) {
      items.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
      if (this.account.random.next() < 0.5) items.reverse();
    }
    return output;
  }

  private find(name: string): Deployed {
    const table = this.account.ofType('AWS::DynamoDB::GlobalTable').find(({ ref }) => ref === name);
    if (!table) throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}

/** The tables that a call names. */
const tablesOf = ({ TableName, RequestItems }: Input): string[] =>
  RequestItems ? Object.keys(RequestItems) : [TableName];

function definitionOf({ ref, properties }: Deployed): TableDefinition {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = properties;
  return { TableName: ref, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode };
}

/** The answer to ReturnConsumedCapacity. */
function consumed({ TableName, ReturnConsumedCapacity }: Input, { table, indexes }: WriteCost) {
  if (!['TOTAL', 'INDEXES'].includes(ReturnConsumedCapacity)) return undefined;
  const capacity = (CapacityUnits: number) => ({ CapacityUnits });
  const total = Object.values(indexes).reduce((sum, units) => sum + units, table);
  if (ReturnConsumedCapacity === 'TOTAL') return { TableName, ...capacity(total) };
  const touched = Object.entries(indexes).filter(([, units]) => units > 0);
  return {
    TableName,
    ...capacity(total),
    Table: capacity(table),
    ...(touched.length > 0
      ? { GlobalSecondaryIndexes: Object.fromEntries(touched.map(([name, units]) => [name, capacity(units)])) }
      : {}),
  };
}
