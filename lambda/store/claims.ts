import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ALONE, client, TableName, written } from './table.ts';

/** Seconds for which a claim holds: longer than a function may run, shorter than Lambda waits before its first retry. */
export const CLAIM_SECONDS = 45;

/** A process has one invocation at a time, so that it may claim again what it has claimed. */
const PROCESS = randomUUID();

/** A day: nothing is delivered again after it. */
const KEPT_SECONDS = 86_400;

/**
 * Claims a message before it is sent, so that of two deliveries of one event at the same moment one sends it. A claim after
 * which nothing was sent lapses.
 *
 * @returns false while another invocation holds the claim, and may yet fail
 */
export function claim(message: string): Promise<boolean> {
  const now = Date.now();
  return written(
    client.send(
      new PutCommand({
        TableName: TableName(),
        Item: {
          ...{ pk: `claim/${message}`, sk: ALONE, by: PROCESS, claimedAt: new Date(now).toISOString() },
          expires: Math.floor(now / 1000) + KEPT_SECONDS,
        },
        ConditionExpression: 'attribute_not_exists(pk) OR #by = :me OR claimedAt <= :lapsed',
        ExpressionAttributeNames: { '#by': 'by' },
        ExpressionAttributeValues: { ':me': PROCESS, ':lapsed': new Date(now - CLAIM_SECONDS * 1000).toISOString() },
      }),
    ),
  );
}
