import { GetCommand, PutCommand, QueryCommand, type QueryCommandOutput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import type { Send, TableCommand } from './memory-table.ts';

/** What the store relies on, in whatever answers for its table. */
export function tableContract(create: (name: string) => Promise<Send>): void {
  const TableName = `contract-${Math.random().toString(36).slice(2)}`;
  let tables = 0;
  let name: string;
  let table: Send;
  beforeEach(async () => {
    name = `${TableName}-${++tables}`;
    table = await create(name);
  });

  const send = async <Answer = Record<string, unknown>>(command: TableCommand): Promise<Answer> =>
    (await table(command)) as Answer;
  const put = (Item: Record<string, unknown>, ConditionExpression?: string, values?: Record<string, unknown>) =>
    send(
      new PutCommand({
        ...{ TableName: name, Item, ConditionExpression },
        ...(values ? { ExpressionAttributeValues: values } : {}),
      }),
    );
  const get = async (pk: string, sk: string) =>
    (
      await send<{ Item?: Record<string, unknown> }>(
        new GetCommand({ TableName: name, Key: { pk, sk }, ConsistentRead: true }),
      )
    ).Item;
  const between = (from: string, to: string) => ({
    ...{ TableName: name, ConsistentRead: true, KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to' },
    ExpressionAttributeValues: { ':pk': 'incident/shop', ':from': from, ':to': to },
  });
  const conflict = { name: 'ConditionalCheckFailedException' };

  /** All pages of a question, each as the sort keys of its items. */
  async function pages(query: QueryCommand['input']): Promise<string[][]> {
    const found: string[][] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page: QueryCommandOutput = await send(
        new QueryCommand({ ...query, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
      );
      found.push((page.Items ?? []).map(({ sk }) => sk));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  it('a put on the condition that there is no such item succeeds once, also of many at once', async () => {
    const puts = Array.from({ length: 8 }, (_, by) => put({ pk: 'a', sk: '1', by }, 'attribute_not_exists(pk)'));
    const outcomes = await Promise.allSettled(puts);
    const refused = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(7);
    for (const error of refused) expect(error).toMatchObject(conflict);
    expect(await get('a', '1')).toMatchObject({ by: outcomes.findIndex(({ status }) => status === 'fulfilled') });
  });

  it('a put on the condition of a version replaces that version alone', async () => {
    await put({ pk: 'a', sk: '1', version: 1 });
    await expect(put({ pk: 'a', sk: '1', version: 3 }, 'version = :version', { ':version': 2 })).rejects.toMatchObject(
      conflict,
    );
    await put({ pk: 'a', sk: '1', version: 2 }, 'version = :version', { ':version': 1 });
    expect(await get('a', '1')).toEqual({ pk: 'a', sk: '1', version: 2 });
    await expect(put({ pk: 'a', sk: '2' }, 'version = :version', { ':version': 1 })).rejects.toMatchObject(conflict);
    expect(await get('a', '2')).toBeUndefined();
  });

  it('a condition on versions of a state and of its form is judged as the snapshots need it', async () => {
    const condition = 'attribute_not_exists(pk) OR stateVersion <> :stateVersion OR version < :version';
    const write = (stateVersion: number, version: number) =>
      put({ pk: 's', sk: '1', stateVersion, version }, condition, {
        ':stateVersion': stateVersion,
        ':version': version,
      });
    await write(1, 5);
    await expect(write(1, 5)).rejects.toMatchObject(conflict);
    await expect(write(1, 4)).rejects.toMatchObject(conflict);
    await write(1, 6);
    await write(2, 3);
    expect(await get('s', '1')).toMatchObject({ stateVersion: 2, version: 3 });
  });

  it('an update sets and removes attributes of an item that exists, if what stands there is older', async () => {
    const update = (version: number) =>
      send(
        new UpdateCommand({
          ...{ TableName: name, Key: { pk: 'a', sk: '1' } },
          UpdateExpression: 'SET #status = :status, #version = :version REMOVE #commander',
          ConditionExpression: 'attribute_exists(pk) AND #version < :version',
          ExpressionAttributeNames: { '#status': 'status', '#version': 'version', '#commander': 'commander' },
          ExpressionAttributeValues: { ':status': 'resolved', ':version': version },
        }),
      );
    await expect(update(1)).rejects.toMatchObject(conflict);
    await put({ pk: 'a', sk: '1', version: 1, status: 'open', commander: 'ada', title: 'Down' });
    await expect(update(1)).rejects.toMatchObject(conflict);
    await update(2);
    expect(await get('a', '1')).toEqual({ pk: 'a', sk: '1', version: 2, status: 'resolved', title: 'Down' });
  });

  it('a counter counts each of many at once', async () => {
    const count = () =>
      send<{ Attributes: { issued: number } }>(
        new UpdateCommand({
          ...{ TableName: name, Key: { pk: 'ids', sk: '-' }, ReturnValues: 'UPDATED_NEW' },
          ...{ UpdateExpression: 'ADD issued :one', ExpressionAttributeValues: { ':one': 1 } },
        }),
      );
    const counted = await Promise.all(Array.from({ length: 8 }, count));
    expect(counted.map(({ Attributes }) => Attributes.issued).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('a consistent question finds what was just written, in the order of the keys, forwards and backwards', async () => {
    const keys = ['000001/000000000', '000001/000000009', '000001/000000010', '000002/000000000'];
    for (const sk of keys.toReversed()) {
      await put({ pk: 'incident/shop', sk });
      const [found] = await pages(between('000001/', '000002/~'));
      expect(found).toEqual(keys.slice(keys.indexOf(sk)));
    }
    expect((await pages(between('000001/000000001', '000001/000000010'))).flat()).toEqual(keys.slice(1, 3));
    const last = { ...between('0', '9'), ScanIndexForward: false, Limit: 1 };
    expect((await send<QueryCommandOutput>(new QueryCommand(last))).Items).toMatchObject([{ sk: keys.at(-1) }]);
  });

  it('an answer comes in pages, of as many items as asked for, and of a megabyte at most', async () => {
    const keys = Array.from({ length: 7 }, (_, n) => `00000${n}`);
    for (const sk of keys) await put({ pk: 'incident/shop', sk, text: 'x'.repeat(300_000) });
    const byTwo = await pages({ ...between('0', '9'), Limit: 2 });
    expect(byTwo.flat()).toEqual(keys);
    expect(byTwo[0]).toHaveLength(2);
    const large = await pages(between('0', '9'));
    expect(large.flat()).toEqual(keys);
    expect(large.length).toBeGreaterThan(1);
  });

  it('an index holds the items that have its keys, in their order, and follows what becomes of them', async () => {
    const listed = async (value: string) => {
      const query = {
        ...{ TableName: name, IndexName: 'unfinished', KeyConditionExpression: '#attribute = :value' },
        ExpressionAttributeNames: { '#attribute': 'unfinished' },
        ExpressionAttributeValues: { ':value': value },
      };
      expect((await pages({ ...query, Limit: 1 })).flat()).toEqual((await pages(query)).flat());
      return (await send<QueryCommandOutput>(new QueryCommand(query))).Items;
    };
    const item = (sk: string, openedAt: string) => ({
      pk: 'incident/shop',
      sk,
      openedAt,
      unfinished: 'open',
      secret: sk,
    });
    await put(item('2', '2026-01-01'));
    await put(item('1', '2026-01-02'));
    await put({ pk: 'incident/shop', sk: '3', openedAt: '2026-01-03' });
    expect((await listed('open'))?.map(({ sk }) => sk)).toEqual(['2', '1']);
    expect((await listed('open'))?.[0]).not.toHaveProperty('secret');
    await put({ ...item('1', '2026-01-02'), unfinished: 'review' });
    expect(await listed('open')).toHaveLength(1);
    expect(await listed('review')).toMatchObject([{ sk: '1' }]);
  });

  it('an item of more than 400 KB is refused, and leaves what was there', async () => {
    await put({ pk: 'a', sk: '1', text: 'small' });
    const large = put({ pk: 'a', sk: '1', text: 'x'.repeat(400 * 1024) });
    await expect(large).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await get('a', '1')).toMatchObject({ text: 'small' });
  });
}
