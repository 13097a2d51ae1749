import { createRequire } from 'node:module';
import { type Input, ServiceError } from '../../account/account.ts';
import { Unsupported } from '../../unsupported.ts';
import type { TableEngine } from './engine.ts';
import type { Item, TableDefinition } from './items.ts';
import { OrderedItems } from './ordered-items.ts';
import { MOST_ITEM_BYTES } from './sizes.ts';

type Done<Result> = (error: unknown, result?: Result) => void;

/** Dynalite's code for one operation. */
interface Operation {
  types: object;
  custom: unknown;
  act: (store: Store, input: Input, done: Done<Input>) => void;
}

const require = createRequire(import.meta.url);
const { createKey } = require('dynalite/db') as { createKey(keys: Item, table: TableDefinition): string };
const { checkTypes, checkValidations } = require('dynalite/validations') as {
  checkTypes(input: Input, types: object): Input;
  checkValidations(input: Input, types: object, custom: unknown, store: Store): void;
};

const operationOf = (file: string): Operation => ({
  ...require(`dynalite/validations/${file}`),
  act: require(`dynalite/actions/${file}`),
});

const OPERATIONS = new Map([
  ['BatchGetItem', operationOf('batchGetItem')],
  ['DeleteItem', operationOf('deleteItem')],
  ['GetItem', operationOf('getItem')],
  ['PutItem', operationOf('putItem')],
  ['Query', operationOf('query')],
  ['Scan', operationOf('scan')],
  ['UpdateItem', operationOf('updateItem')],
]);

/** Dynalite checks these by the request alone, and leaves what it has checked as it is. */
const READS = new Set(['GetItem', 'Query']);

const MOST_REMEMBERED = 1000;

/**
 * Tables in memory. Dynalite's own code validates, parses and answers what is asked; its server and its database, which cost
 * many times as much, are left out.
 */
export class MemoryEngine implements TableEngine {
  private readonly store = new Store();
  /** What dynalite's check made of reads, by operation and input: a world asks the same few questions over and over. */
  private readonly checked = new Map<string, Input>();

  async create(table: TableDefinition): Promise<void> {
    this.store.tables.set(table.TableName, table);
  }

  async read(table: TableDefinition, keys: Item): Promise<Item | undefined> {
    return this.store.getItemDb(table.TableName).find(createKey(keys, table));
  }

  async execute(operation: string, input: Input): Promise<Input> {
    const found = OPERATIONS.get(operation);
    if (!found) throw new Unsupported('DynamoDB', operation);
    try {
      const checked = READS.has(operation) ? this.remembered(operation, found, input) : this.check(found, input);
      return await new Promise((resolve, reject) =>
        found.act(this.store, checked, (error, output = {}) => (error ? reject(error) : resolve(output))),
      );
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** A request that was refused is not remembered. */
  private remembered(operation: string, found: Operation, input: Input): Input {
    const question = `${operation} ${JSON.stringify(input)}`;
    const known = this.checked.get(question) ?? this.check(found, input);
    if (this.checked.size >= MOST_REMEMBERED) this.checked.clear();
    this.checked.set(question, known);
    return known;
  }

  private check({ types, custom }: Operation, input: Input): Input {
    // The check deletes from its input what dynalite does not know.
    const checked = checkTypes({ ...input }, types);
    checkValidations(checked, types, custom, this.store);
    return checked;
  }
}

/** An error of dynalite's has the body that its server would send. */
function asServiceError(error: unknown): unknown {
  const { body } = error as { body?: { __type: string; message?: string; Message?: string } };
  return body ? new ServiceError(body.__type.replace(/^.*#/, ''), body.message ?? body.Message ?? '') : error;
}

/** The parts of dynalite's store that its operations on items use. */
class Store {
  readonly options = { maxItemSize: MOST_ITEM_BYTES };
  readonly tables = new Map<string, TableDefinition>();
  private readonly items = new Map<string, OrderedItems>();

  getTable(name: string, ...rest: [Done<TableDefinition>] | [boolean, Done<TableDefinition>]): void {
    const done = rest.at(-1) as Done<TableDefinition>;
    const table = this.tables.get(name);
    if (table) done(null, table);
    else done({ body: { __type: '#ResourceNotFoundException', message: 'Requested resource not found' } });
  }

  getItemDb(table: string): OrderedItems {
    return this.ordered(table);
  }

  getIndexDb(_type: string, table: string, index: string): OrderedItems {
    return this.ordered(`${table}/${index}`);
  }

  private ordered(name: string): OrderedItems {
    const known = this.items.get(name) ?? new OrderedItems();
    this.items.set(name, known);
    return known;
  }
}
