/** The incidents table as `lib/platform/incidents-table.ts` deploys it, which a test of the store compares. */
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

const key = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range ? [{ AttributeName: range, KeyType: 'RANGE' as const }] : []),
];

const LISTED = [
  ...['id', 'title', 'severity', 'status', 'startedAt', 'resolvedAt', 'commander'],
  ...['drill', 'cancelled', 'mergedInto', 'published'],
];

export const INCIDENTS_TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'unfinished', 'openedAt', 'id', 'month'].map(AttributeName => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: key('pk', 'sk'),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'unfinished',
      KeySchema: key('unfinished', 'openedAt'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...LISTED, 'month'] },
    },
    { IndexName: 'byId', KeySchema: key('id'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    {
      IndexName: 'byMonth',
      KeySchema: key('month', 'openedAt'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...LISTED, 'unfinished'] },
    },
  ],
} satisfies Omit<CreateTableCommandInput, 'TableName'>;
