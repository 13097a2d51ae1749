import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Input } from '../../../src/account/account.ts';
import { DynaliteEngine } from '../../../src/services/dynamodb/dynalite.ts';
import type { TableEngine } from '../../../src/services/dynamodb/engine.ts';
import type { TableDefinition } from '../../../src/services/dynamodb/items.ts';
import { MemoryEngine } from '../../../src/services/dynamodb/memory.ts';

const key = (AttributeName: string, KeyType = 'HASH') => ({ AttributeName, KeyType });

const TABLE: TableDefinition = {
  TableName: 'Orders',
  KeySchema: [key('pk'), key('sk', 'RANGE')],
  AttributeDefinitions: Object.entries({ pk: 'S', sk: 'S', open: 'S', at: 'N', id: 'B' }).map(
    ([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }),
  ),
  GlobalSecondaryIndexes: [
    { IndexName: 'open', KeySchema: [key('open'), key('at', 'RANGE')], Projection: { ProjectionType: 'KEYS_ONLY' } },
    {
      IndexName: 'byId',
      KeySchema: [key('id')],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
    },
    { IndexName: 'all', KeySchema: [key('open')], Projection: { ProjectionType: 'ALL' } },
  ],
  BillingMode: 'PAY_PER_REQUEST',
};

const text = fc.constantFrom('a', 'b', 'ü', '', '~', 'a/b');
const number = fc.constantFrom('0', '1', '-1', '10', '1.5', '1e3', '0.10', '12', '100', '7', 'x');
const value: fc.Arbitrary<Input> = fc.oneof(
  { maxDepth: 2 },
  fc.record({ S: text }),
  fc.record({ N: number }),
  fc.record({ B: fc.constantFrom('', 'AQ==', 'AQI=') }),
  fc.record({ BOOL: fc.boolean() }),
  fc.record({ SS: fc.uniqueArray(text, { maxLength: 2 }) }),
  fc.record({ L: fc.array(fc.record({ S: text }), { maxLength: 3 }) }),
  fc.record({ M: fc.dictionary(fc.constantFrom('x', 'y'), fc.record({ N: number }), { maxKeys: 2 }) }),
);

const keys = fc.record({
  pk: fc.record({ S: fc.constantFrom('p', 'q') }),
  sk: fc.record({ S: fc.constantFrom('1', '10', '2', 'ä') }),
});
const attributes = fc.record(
  {
    open: fc.record({ S: fc.constantFrom('open', 'review') }),
    at: fc.record({ N: fc.constantFrom('1', '2', '-3', '1e2') }),
    id: fc.record({ B: fc.constantFrom('AQ==', 'AQI=') }),
    note: value,
    things: value,
    count: value,
  },
  { requiredKeys: [] },
);

const VALUES = {
  ':n': { N: '2' },
  ':s': { S: 'a' },
  ':l': { L: [{ S: 'b' }] },
  ':type': { S: 'L' },
  ':none': { L: [] },
  ':set': { SS: ['a', 'c'] },
};
const NAMES = { '#count': 'count', '#open': 'open', '#at': 'at' };

/** Gives an expression the names and values that it uses, as DynamoDB refuses all others. */
function withExpressions(expressions: Record<string, string | undefined>): Input {
  const given = Object.entries(expressions).filter(([, expression]) => expression !== undefined);
  const all = given.map(([, expression]) => expression).join(' ');
  const used = <Value>(known: Record<string, Value>) => {
    const found = Object.entries(known).filter(([name]) => new RegExp(`${name}\\b`).test(all));
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  };
  return {
    ...Object.fromEntries(given),
    ExpressionAttributeNames: used(NAMES),
    ExpressionAttributeValues: used<Input>({
      ...VALUES,
      ':p': { S: 'p' },
      ':open': { S: 'open' },
      ':id': { B: 'AQ==' },
    }),
  };
}

const condition = fc.option(
  fc.constantFrom(
    ...[
      'attribute_not_exists(pk)',
      'attribute_exists(note)',
      '#count = :n',
      'NOT begins_with(note, :s)',
      '#count <= :n',
    ],
    ...[
      'size(things) < :n OR contains(things, :s)',
      'attribute_type(things, :type)',
      '#at BETWEEN :n AND :n',
      'things[0] = :s',
      '#count =',
    ],
  ),
  { nil: undefined, freq: 2 },
);
const update = fc.constantFrom(
  ...[
    'SET #count = :n',
    'SET #count = if_not_exists(#count, :n) + :n',
    'ADD #count :n',
    'REMOVE #open',
    'REMOVE things[0], note',
  ],
  ...[
    'SET things = list_append(if_not_exists(things, :none), :l) REMOVE note',
    'SET note.x = :s',
    'SET things[1] = :s, #open = :s',
  ],
  ...[
    'SET #at = :n, #open = :s',
    'ADD note :set',
    'DELETE note :set',
    'SET #open = :n',
    'SET pk = :s',
    'SET #count = note',
    'SET',
  ],
);
const projection = fc.option(fc.constantFrom('sk, note', 'things[0], note.x', '#open, id'), { nil: undefined });
const returned = (...all: string[]) => fc.option(fc.constantFrom(...all), { nil: undefined });
const consistent = fc.constantFrom(undefined, undefined, undefined, true);
const capacity = fc.constantFrom(undefined, 'TOTAL');

type Call = { operation: string; input: Input };

const put = fc
  .tuple(keys, attributes, condition, returned('ALL_OLD'))
  .map(([own, more, ConditionExpression, ReturnValues]) => ({
    operation: 'PutItem',
    input: { Item: { ...own, ...more }, ReturnValues, ...withExpressions({ ConditionExpression }) },
  }));
const remove = fc.tuple(keys, condition, returned('ALL_OLD')).map(([Key, ConditionExpression, ReturnValues]) => ({
  operation: 'DeleteItem',
  input: { Key, ReturnValues, ...withExpressions({ ConditionExpression }) },
}));
const change = fc
  .tuple(keys, update, condition, returned('ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'))
  .map(([Key, UpdateExpression, ConditionExpression, ReturnValues]) => ({
    operation: 'UpdateItem',
    input: { Key, ReturnValues, ...withExpressions({ UpdateExpression, ConditionExpression }) },
  }));
const get = fc
  .tuple(keys, projection, capacity, fc.boolean())
  .map(([Key, ProjectionExpression, ReturnConsumedCapacity, ConsistentRead]) => ({
    operation: 'GetItem',
    input: { Key, ReturnConsumedCapacity, ConsistentRead, ...withExpressions({ ProjectionExpression }) },
  }));
const batch = fc.uniqueArray(keys, { minLength: 1, maxLength: 4, selector: own => JSON.stringify(own) }).map(Keys => ({
  operation: 'BatchGetItem',
  input: { RequestItems: { Orders: { Keys } } },
}));
const question = fc.constantFrom<[string | undefined, string]>(
  [undefined, 'pk = :p'],
  [undefined, 'pk = :p AND sk > :s'],
  [undefined, 'pk = :p AND sk <= :s'],
  [undefined, 'pk = :p AND begins_with(sk, :s)'],
  [undefined, 'pk = :p AND sk BETWEEN :s AND :s'],
  ['open', '#open = :open'],
  ['open', '#open = :open AND #at < :n'],
  ['open', '#open = :open AND #at >= :n'],
  ['byId', 'id = :id'],
  ['all', '#open = :open'],
  ['other', '#open = :open'],
);
const query = fc
  .tuple(question, projection, condition, fc.constantFrom(undefined, 1, 2), fc.boolean(), consistent, capacity)
  .map(
    ([
      [IndexName, KeyConditionExpression],
      ProjectionExpression,
      FilterExpression,
      Limit,
      ScanIndexForward,
      ConsistentRead,
      ReturnConsumedCapacity,
    ]) => ({
      operation: 'Query',
      input: {
        ...{ IndexName, Limit, ScanIndexForward, ConsistentRead, ReturnConsumedCapacity },
        ...withExpressions({ KeyConditionExpression, ProjectionExpression, FilterExpression }),
      },
    }),
  );
const scan = fc
  .tuple(fc.constantFrom(undefined, 'open', 'all'), fc.constantFrom(undefined, 2))
  .map(([IndexName, Limit]) => ({
    operation: 'Scan',
    input: { IndexName, Limit },
  }));

/** What came of a call: its pages, or the error. */
async function outcome(engine: TableEngine, { operation, input }: Call): Promise<unknown> {
  const named = operation === 'BatchGetItem' ? input : { TableName: 'Orders', ...input };
  const pages: Input[] = [];
  try {
    let ExclusiveStartKey: Input | undefined;
    do {
      const page: Input = await engine.execute(operation, JSON.parse(JSON.stringify({ ...named, ExclusiveStartKey })));
      page['Responses']?.Orders.sort((one: Input, other: Input) =>
        JSON.stringify(one) < JSON.stringify(other) ? -1 : 1,
      );
      pages.push(JSON.parse(JSON.stringify(page)));
      ExclusiveStartKey = page['LastEvaluatedKey'];
    } while (ExclusiveStartKey && pages.length < 20);
    return pages;
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
}

/** Reads are asked twice: what memory has remembered of the first must not change the second. */
const twice = (call: Call): Call[] =>
  call.operation === 'GetItem' || call.operation === 'Query' ? [call, call] : [call];

test('items in memory answer as dynalite does, whatever is asked of them', async () => {
  const outcomes = { answered: 0, refused: 0 };
  const calls = fc.array(fc.oneof(put, put, change, change, remove, get, query, query, scan, batch), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(calls, async sequence => {
      const engines: [TableEngine, TableEngine] = [new MemoryEngine(), new DynaliteEngine()];
      for (const engine of engines) await engine.create(TABLE);
      for (const call of sequence.flatMap(twice)) {
        const [memory, dynalite] = await Promise.all(engines.map(engine => outcome(engine, call)));
        expect(memory, JSON.stringify(call)).toEqual(dynalite);
        outcomes[Array.isArray(memory) ? 'answered' : 'refused']++;
      }
    }),
    { numRuns: 100 },
  );
  expect(outcomes.answered).toBeGreaterThan(outcomes.refused);
});
