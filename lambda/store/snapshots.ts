import { deflateSync, inflateSync } from 'node:zlib';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident } from '../domain/incident/incident.ts';
import { type IncidentKey, snapshotItem } from './keys.ts';
import { hashOf, policyOf } from './policies.ts';
import { client, TableName, written } from './table.ts';

/**
 * The version of the state that today's code folds. A snapshot of another version is ignored: the events are folded anew.
 * Raise it whenever the same events fold to another state.
 */
export const STATE_VERSION = 4;

/** A snapshot is written after so many commits since the one before. */
export const COMMITS_APART = 50;

/** The incident as it was stored last; undefined when there is no snapshot that today's code can use. */
export async function readSnapshot(key: IncidentKey): Promise<Incident | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: snapshotItem(key) }));
  if (Item?.['stateVersion'] !== STATE_VERSION) return undefined;
  const state = JSON.parse(inflateSync(Item['state']).toString());
  return { ...state, policy: await policyOf(Item['policy']) };
}

/** Stores the state in place of an older one. */
export async function writeSnapshot(key: IncidentKey, incident: Incident): Promise<void> {
  const { policy, ...state } = incident;
  await written(
    client.send(
      new PutCommand({
        TableName: TableName(),
        Item: {
          ...snapshotItem(key),
          ...{ stateVersion: STATE_VERSION, version: incident.version, policy: hashOf(policy) },
          state: deflateSync(JSON.stringify(state)),
        },
        ConditionExpression: 'attribute_not_exists(pk) OR stateVersion <> :stateVersion OR version < :version',
        ExpressionAttributeValues: { ':stateVersion': STATE_VERSION, ':version': incident.version },
      }),
    ),
  );
}
