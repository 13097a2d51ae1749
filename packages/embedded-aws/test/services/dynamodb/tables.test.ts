import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { type StreamRecord, type TableKind, World } from '../../../src/index.ts';

const key = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });

const Orders = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    KeySchema: [key('id')],
    AttributeDefinitions: [attribute('id'), attribute('open')],
    GlobalSecondaryIndexes: [
      { IndexName: 'open', KeySchema: [key('open')], Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};

async function ordersIn(tables: TableKind) {
  const assembly = { name: 'Shop', directory: '', region: 'us-east-1', template: { Resources: { Orders } } };
  const world = await World.deploy(assembly, { tables });
  const records: StreamRecord[] = [];
  world.tables.onRecord(record => records.push(record));
  const client = world.client(DynamoDBClient);
  const put = (id: string, more = {}, input = {}) =>
    client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: id }, ...more }, ...input }));
  /** The write units of one act, as they are counted. */
  const unitsOf = async (act: () => Promise<unknown>) => {
    const before = world.tables.writeUnits;
    await act().catch(() => undefined);
    return world.tables.writeUnits - before;
  };
  return { tables: world.tables, client, records, put, unitsOf };
}

const Key = { id: { S: '1' } };
const OF_OTHERS = { ConditionExpression: 'attribute_not_exists(id)' };

describe.each<TableKind>(['memory', 'dynalite'])('tables in %s', kind => {
  test('tell each change in order, with what stood there before and after', async () => {
    const { client, records, put } = await ordersIn(kind);
    await Promise.all([put('1', { sum: { N: '1' } }), put('1', { sum: { N: '2' } }), put('1', { sum: { N: '2.0' } })]);
    await client.send(new DeleteItemCommand({ TableName: 'Orders', Key }));
    await put('1', {}, { ConditionExpression: 'attribute_exists(id)' }).catch(() => undefined);
    const sums = records.map(({ before, after }) => [before?.['sum']?.N, after?.['sum']?.N]);
    expect(sums).toEqual([
      [undefined, '1'],
      ['1', '2'],
      ['2', undefined],
    ]);
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map(({ sequence }) => sequence).toSorted());
    expect(records[0]).toMatchObject({ keys: Key, tableArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders' });
  });

  test('give and take bytes, and copies of items', async () => {
    const { client, put } = await ordersIn(kind);
    const photo = new Uint8Array([1, 2, 255]);
    const B = { S: 'an attribute that is named like a type' };
    await put('1', { photo: { B: photo }, all: { BS: [photo] }, B, gone: undefined });
    const get = new GetItemCommand({ TableName: 'Orders', Key, ConsistentRead: true });
    const { Item } = await client.send(get);
    expect(Item).toEqual({ ...Key, photo: { B: photo }, all: { BS: [photo] }, B });
    if (Item) Item['photo'] = { S: 'changed' };
    expect((await client.send(get)).Item?.['photo']).toEqual({ B: photo });
  });

  test('count the bytes of items, in UTF-8 and with the names of attributes', async () => {
    const { tables, put } = await ordersIn(kind);
    await put('1', {
      note: { S: 'für' },
      list: { L: [{ N: '-12.5' }, { BOOL: true }] },
      map: { M: { a: { NULL: true } } },
    });
    // id 2 + 1, note 4 + 4, list 4 + 3 + (1 + 4) + (1 + 1), map 3 + 3 + 1 + (1 + 1)
    expect(tables.largestItemBytes).toBe(3 + 8 + 14 + 9);
    await put('2');
    expect(tables.largestItemBytes).toBe(34);
    await expect(put('3', { note: { S: 'ü'.repeat(205 * 1024) } })).rejects.toThrow('Item size has exceeded');
    expect(tables.largestItemBytes).toBe(34);
  });

  test('count write units, those of the indexes and of refused conditions too', async () => {
    const { client, put, unitsOf } = await ordersIn(kind);
    const large = { note: { S: 'x'.repeat(2500) } };
    const open = (S: string) => ({ open: { S } });
    expect(await unitsOf(() => put('1', large))).toBe(3);
    expect(await unitsOf(() => put('1', {}, OF_OTHERS))).toBe(3);
    expect(await unitsOf(() => put('1'))).toBe(3);
    expect(await unitsOf(() => put('1', open('yes')))).toBe(2);
    expect(await unitsOf(() => put('1', { ...open('yes'), ...large }))).toBe(3);
    expect(await unitsOf(() => put('1', open('again')))).toBe(5);
    expect(await unitsOf(() => client.send(new DeleteItemCommand({ TableName: 'Orders', Key })))).toBe(2);
    expect(await unitsOf(() => client.send(new DeleteItemCommand({ TableName: 'Orders', Key })))).toBe(1);
    expect(await unitsOf(() => put('1', {}, { ConditionExpression: 'nonsense' }))).toBe(0);
    const { ConsumedCapacity } = await put('1', open('yes'), { ReturnConsumedCapacity: 'INDEXES' });
    expect(ConsumedCapacity).toEqual({
      ...{ TableName: 'Orders', CapacityUnits: 2, Table: { CapacityUnits: 1 } },
      GlobalSecondaryIndexes: { open: { CapacityUnits: 1 } },
    });
  });

  test("refuse by the SDK's own exceptions", async () => {
    const { client, put } = await ordersIn(kind);
    await put('1', { sum: { N: '1' } });
    const refused = put('1', {}, { ...OF_OTHERS, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    await expect(refused).rejects.toThrow(ConditionalCheckFailedException);
    await expect(refused).rejects.toMatchObject({
      ...{ name: 'ConditionalCheckFailedException', message: 'The conditional request failed', $fault: 'client' },
      ...{ $metadata: { httpStatusCode: 400 }, Item: { ...Key, sum: { N: '1' } } },
    });
    const invalid = client.send(new UpdateItemCommand({ TableName: 'Orders', Key, UpdateExpression: 'SET' }));
    await expect(invalid).rejects.toThrow(DynamoDBServiceException);
    await expect(invalid).rejects.toMatchObject({ name: 'ValidationException' });
    const absent = client.send(new GetItemCommand({ TableName: 'Others', Key }));
    await expect(absent).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('are read by batches and by pages, and by document clients', async () => {
    const { client, put } = await ordersIn(kind);
    const ids = ['1', '2', '3'];
    for (const id of ids) await put(id, { open: { S: 'yes' } });
    const batch = { RequestItems: { Orders: { Keys: ids.map(id => ({ id: { S: id } })) } } };
    const { Responses } = await client.send(new BatchGetItemCommand(batch));
    expect(Responses?.['Orders']?.map(({ id }) => id?.S).sort()).toEqual(ids);
    const query = {
      ...{ TableName: 'Orders', IndexName: 'open', KeyConditionExpression: '#open = :yes', Limit: 2 },
      ...{ ExpressionAttributeNames: { '#open': 'open' }, ExpressionAttributeValues: { ':yes': { S: 'yes' } } },
    };
    const pages: unknown[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, query)) pages.push(Items.length);
    expect(pages).toEqual([2, 1]);
    const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
    const Item = { id: '4', tags: new Set(['a']), photo: new Uint8Array([7]), gone: undefined };
    await documents.send(new PutCommand({ TableName: 'Orders', Item }));
    const { Item: found } = await documents.send(new GetCommand({ TableName: 'Orders', Key: { id: '4' } }));
    expect(found).toEqual({ id: '4', tags: new Set(['a']), photo: new Uint8Array([7]) });
  });
});
