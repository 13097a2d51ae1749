import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { itemBytes, MOST_ITEM_BYTES, writeCost } from '../../packages/embedded-aws/src/services/dynamodb/sizes.ts';
import { INCIDENTS_TABLE } from './incidents-table.ts';
import type { MemoryTable, TableCommand } from './memory-table.ts';

type Item = Record<string, unknown>;
type Wire = Parameters<typeof itemBytes>[0] & {};

interface Stored {
  item: Item;
  wire: Wire;
}

interface Expressed {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}

/** Bytes of a page of an answer, at most. */
const PAGE = 1024 * 1024;

const TABLE = { ...INCIDENTS_TABLE, TableName: 'plain' };

/**
 * The incidents table as plain objects, for stories of a hundred thousand minutes: twenty times as fast as dynalite's code. It knows
 * the expressions of the store alone, and refuses others; `test/store/contract.test.ts` holds it against dynalite.
 */
export function plainTable(): MemoryTable {
  const table = new PlainTable();
  return {
    send: async command => table.answer(command),
    get writeUnits() {
      return table.writeUnits;
    },
    get largestItemBytes() {
      return table.largestItemBytes;
    },
  };
}

class PlainTable {
  writeUnits = 0;
  largestItemBytes = 0;
  private readonly partitions = new Map<string, Map<string, Stored>>();
  /** The sort keys of each partition in their order. */
  private readonly order = new Map<string, string[]>();

  answer(command: TableCommand): object {
    if (command instanceof GetCommand) return { Item: this.find(command.input.Key ?? {})?.item };
    if (command instanceof QueryCommand) return this.query(command.input);
    if (command instanceof PutCommand) return this.write(command.input.Item ?? {}, command.input, item => item);
    if (command instanceof UpdateCommand) return this.update(command.input);
    if (command instanceof DeleteCommand) throw new Error('the store deletes nothing');
    throw new Error('a command that the store does not send');
  }

  private find({ pk, sk }: Item): Stored | undefined {
    return this.partitions.get(String(pk))?.get(String(sk));
  }

  private update(input: UpdateCommand['input']): object {
    const changed = (before: Item) => {
      const after = { ...before, ...input.Key };
      const clauses = (input.UpdateExpression ?? '').split(/ ?\b(?=(?:SET|REMOVE|ADD) )/);
      for (const clause of clauses) change(after, clause, input);
      return after;
    };
    const { before, after } = this.write(input.Key ?? {}, input, (_, before) => changed(before));
    if (input.ReturnValues === undefined) return {};
    return { Attributes: input.ReturnValues === 'ALL_OLD' ? before : after };
  }

  private write(
    key: Item,
    input: Expressed & { ConditionExpression?: string | undefined },
    result: (given: Item, before: Item) => Item,
  ): { before: Item | undefined; after: Item } {
    const before = this.find(key);
    if (input.ConditionExpression && !holds(input.ConditionExpression, before?.item ?? {}, input)) {
      this.bill(before?.wire, before?.wire);
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    }
    const after = plain(result(key, before?.item ?? {}));
    const wire = marshall(after) as Wire;
    const size = itemBytes(wire);
    if (size > MOST_ITEM_BYTES)
      throw new DynamoDBServiceException({
        ...{ name: 'ValidationException', message: 'Item size has exceeded the maximum allowed size' },
        ...{ $fault: 'client', $metadata: {} },
      });
    this.put({ item: after, wire });
    this.bill(before?.wire, wire);
    this.largestItemBytes = Math.max(this.largestItemBytes, size);
    return { before: before?.item, after };
  }

  private bill(before: Wire | undefined, after: Wire | undefined): void {
    const { table, indexes } = writeCost(TABLE, before, after);
    this.writeUnits += Object.values(indexes).reduce((sum, units) => sum + units, table);
  }

  private put(stored: Stored): void {
    const [pk, sk] = [String(stored.item['pk']), String(stored.item['sk'])];
    const partition = this.partitions.get(pk) ?? new Map<string, Stored>();
    const order = this.order.get(pk) ?? [];
    if (!partition.has(sk)) {
      const last = order.at(-1);
      order.push(sk);
      if (last !== undefined && last > sk) order.sort();
    }
    partition.set(sk, stored);
    this.partitions.set(pk, partition);
    this.order.set(pk, order);
  }

  private query(input: QueryCommand['input']): object {
    const found = input.IndexName ? this.inIndex(input) : this.inPartition(input);
    const start = input.ExclusiveStartKey;
    const from = start
      ? found.findIndex(({ item }) => item['pk'] === start['pk'] && item['sk'] === start['sk']) + 1
      : 0;
    const page: Stored[] = [];
    let [size, next] = [0, from];
    while (next < found.length && page.length < (input.Limit ?? Infinity) && size < PAGE) {
      const stored = found[next++] as Stored;
      page.push(stored);
      size += itemBytes(stored.wire);
    }
    const last = page.at(-1)?.item;
    const isMore = next < found.length || page.length === input.Limit;
    const index = INCIDENTS_TABLE.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === input.IndexName);
    const names = ['pk', 'sk', ...(index?.KeySchema.map(({ AttributeName }) => AttributeName) ?? [])];
    return {
      Items: page.map(({ item }) =>
        index ? only(item, [...names, ...(index.Projection.NonKeyAttributes ?? [])]) : item,
      ),
      ...(isMore && last ? { LastEvaluatedKey: only(last, names) } : {}),
    };
  }

  private inPartition(input: QueryCommand['input']): Stored[] {
    const { ':pk': pk, ':from': from = '', ':to': to = '\uffff' } = input.ExpressionAttributeValues ?? {};
    if (!['pk = :pk', 'pk = :pk AND sk BETWEEN :from AND :to'].includes(input.KeyConditionExpression ?? ''))
      throw new Error(`the store does not ask so: ${input.KeyConditionExpression}`);
    const order = this.order.get(pk) ?? [];
    const partition = this.partitions.get(pk);
    const [low, high] = [indexIn(order, from), indexIn(order, `${to}\0`)];
    // A hundred thousand commits need not be looked up for one.
    const most = input.Limit && !input.ExclusiveStartKey ? input.Limit + 1 : order.length;
    const keys =
      input.ScanIndexForward === false
        ? order.slice(Math.max(low, high - most), high).reverse()
        : order.slice(low, Math.min(high, low + most));
    return keys.map(sk => partition?.get(sk) as Stored);
  }

  private inIndex(input: QueryCommand['input']): Stored[] {
    const index = INCIDENTS_TABLE.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === input.IndexName);
    if (!index || input.ConsistentRead) throw new Error(`there is no such question of ${input.IndexName}`);
    const names = index.KeySchema.map(({ AttributeName }) => AttributeName);
    const items = [...this.partitions.values()].flatMap(partition => [...partition.values()]);
    const order = ({ item }: Stored) => `${item[names[1] ?? '']} ${item['pk']} ${item['sk']}`;
    return items
      .filter(({ item }) => names.every(name => name in item) && holds(input.KeyConditionExpression ?? '', item, input))
      .sort((one, other) => (order(one) < order(other) ? -1 : 1));
  }
}

const only = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(names.flatMap(name => (name in item ? [[name, item[name]]] : [])));

/** The index of the first text that is not before this one. */
function indexIn(order: readonly string[], text: string): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The item as a table gives it back: without what is undefined, and sharing nothing that can change. */
function plain(item: Item): Item {
  const kept: Item = {};
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined) continue;
    const isData = typeof value === 'object' && !(value instanceof Uint8Array);
    kept[name] = isData ? JSON.parse(JSON.stringify(value)) : value;
  }
  return kept;
}

const nameIn = (text: string, { ExpressionAttributeNames }: Expressed): string =>
  ExpressionAttributeNames?.[text] ?? text;

function holds(expression: string, item: Item, given: Expressed): boolean {
  return expression.split(' OR ').some(part => part.split(' AND ').every(term => isTrue(term, item, given)));
}

function isTrue(term: string, item: Item, given: Expressed): boolean {
  const [, negation, exists] = /^attribute_(not_)?exists\((.+)\)$/.exec(term) ?? [];
  if (exists) return nameIn(exists, given) in item === !negation;
  const [, name = '', operator, value = ''] = /^(#?\w+) (=|<>|<=|<) (:\w+)$/.exec(term) ?? [];
  const known = item[nameIn(name, given)] as number | undefined;
  const other = given.ExpressionAttributeValues?.[value] as number;
  if (operator === '<>') return known !== other;
  if (known === undefined) return false;
  if (operator === '=') return known === other;
  if (operator === '<') return known < other;
  if (operator === '<=') return known <= other;
  throw new Error(`the store does not ask so: ${term}`);
}

function change(item: Item, clause: string, given: Expressed): void {
  const [verb = '', ...rest] = clause.split(' ');
  for (const act of rest.join(' ').split(', ')) {
    const [, name = '', value = ''] = /^(#?\w+)(?:(?: = | )(:\w+))?$/.exec(act.trim()) ?? [];
    const attribute = nameIn(name, given);
    const operand = given.ExpressionAttributeValues?.[value];
    if (verb === 'SET' && value) item[attribute] = operand;
    else if (verb === 'REMOVE' && !value) delete item[attribute];
    else if (verb === 'ADD') item[attribute] = Number(item[attribute] ?? 0) + Number(operand);
    else throw new Error(`the store does not write so: ${clause}`);
  }
}
