import { createHash } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Policy } from '../domain/incident/policy.ts';
import { ALONE, client, type ItemKey, isConflict, TableName } from './table.ts';

/** Items never change, so what was read once stays true. */
const remembered = new Map<string, Promise<Policy>>();

const Key = (hash: string): ItemKey => ({ pk: `policy/${hash}`, sk: ALONE });

/** Stores a policy under the hash of its content, and returns the hash. */
export async function savePolicy(policy: Policy): Promise<string> {
  const hash = hashOf(policy);
  try {
    await client.send(
      new PutCommand({
        TableName: TableName(),
        Item: { ...Key(hash), policy },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  return hash;
}

/** The policy with that hash. @throws Error when there is none. */
export function policyOf(hash: string): Promise<Policy> {
  const known = remembered.get(hash) ?? read(hash);
  remembered.set(hash, known);
  known.catch(() => remembered.delete(hash));
  return known;
}

async function read(hash: string): Promise<Policy> {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: Key(hash) }));
  if (!Item) throw new Error(`there is no policy ${hash} in ${TableName()}`);
  return Item['policy'];
}

/** The same for policies of the same content, in whatever order their fields are written. */
export const hashOf = (policy: Policy): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(policy)))
    .digest('hex')
    .slice(0, 32);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  );
}
