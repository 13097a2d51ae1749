import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { quarterOf, RUNBOOK_REVIEW, type ScheduledTask } from '../domain/review/runbook-review.ts';
import { CLAIM_SECONDS } from './claims.ts';
import { client, type ItemKey, isConflict, TableName } from './table.ts';

/** One item per service and quarter, `2026-Q1`. */
const Key = (service: string, quarter: string): ItemKey => ({ pk: `runbook-review/${service}`, sk: quarter });

/** `claimed`: mail it now. `mailed`: nothing is left to do. `held`: another invocation has claimed it, and may yet fail. */
export type Claim = 'claimed' | 'mailed' | 'held';

/** Claims the review of a quarter. Of invocations at the same moment one gets it; a claim that led to no mail lapses. */
export async function claimRunbookReview(service: string, dueAt: string): Promise<Claim> {
  const key = Key(service, quarterOf(dueAt));
  const now = Date.now();
  try {
    await client.send(
      new UpdateCommand({
        TableName: TableName(),
        Key: key,
        UpdateExpression: 'SET claimedAt = :now, dueAt = if_not_exists(dueAt, :dueAt)',
        ConditionExpression:
          'attribute_not_exists(mailedAt) AND (attribute_not_exists(claimedAt) OR claimedAt <= :lapsed)',
        ExpressionAttributeValues: {
          ':now': new Date(now).toISOString(),
          ':dueAt': new Date(dueAt).toISOString(),
          ':lapsed': new Date(now - CLAIM_SECONDS * 1000).toISOString(),
        },
      }),
    );
    return 'claimed';
  } catch (error) {
    if (!isConflict(error)) throw error;
    return (await read(service, quarterOf(dueAt)))?.mailedAt ? 'mailed' : 'held';
  }
}

/** Records that the mail about a quarter's review has gone out. */
export async function recordRunbookReview(service: string, dueAt: string, mailed: string[]): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: TableName(),
      Key: Key(service, quarterOf(dueAt)),
      UpdateExpression: 'SET mailedAt = :now, mailed = :mailed',
      ExpressionAttributeValues: { ':now': new Date().toISOString(), ':mailed': mailed },
    }),
  );
}

/** The scheduled tasks that were due in a month, `YYYY-MM`. */
export async function scheduledTasksOfMonth(service: string, month: string): Promise<ScheduledTask[]> {
  const task = await read(service, quarterOf(`${month}-01`));
  return task?.dueAt.startsWith(month) ? [task] : [];
}

async function read(service: string, period: string): Promise<ScheduledTask | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: Key(service, period), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const { dueAt, mailedAt, mailed } = Item;
  return { title: RUNBOOK_REVIEW, period, dueAt, ...(mailedAt ? { mailedAt, mailed } : {}) };
}
