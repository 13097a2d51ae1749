import { createHash } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ContentKind } from '../domain/deployed.ts';
import { ALONE, client, TableName, written } from './table.ts';
import { upcast } from './upcast.ts';

/** Read once by each container of a function, since an item of this hash will always be the same. */
const known = new Map<string, Promise<object>>();

/** The hash of a content. The same content has the same hash, whatever the order of its fields. */
export const hashOf = (schema: number, content: object): string => hashOfText(schema, textOf(content));

const textOf = (content: object) => JSON.stringify(sorted(content));

const hashOfText = (schema: number, text: string) =>
  createHash('sha256').update(`${schema} ${text}`).digest('hex').slice(0, 32);

/** Stores a content under its hash, and returns that. */
export async function saveContent(kind: ContentKind, schema: number, content: object): Promise<string> {
  const text = textOf(content);
  const hash = hashOfText(schema, text);
  const Item = { pk: `${kind}/${hash}`, sk: ALONE, schema, content: text };
  const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
  await written(client.send(new PutCommand({ TableName: TableName(), Item, ...condition })));
  return hash;
}

/** The content with that hash, in today's shape. @throws when there is none */
export function readContent(kind: ContentKind, hash: string): Promise<object> {
  const pk = `${kind}/${hash}`;
  const content = known.get(pk) ?? read(kind, pk);
  known.set(pk, content);
  content.catch(() => known.delete(pk));
  return content;
}

/** Consistent, because the pointer to an item may be seen before the item is. */
async function read(kind: ContentKind, pk: string): Promise<object> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: { pk, sk: ALONE }, ConsistentRead: true }),
  );
  if (!Item) throw new Error(`there is no ${pk}`);
  return upcast(kind, Item['schema'], JSON.parse(Item['content']));
}

/** The value with the fields of every object in alphabetical order, and none that is undefined. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]));
}
