import {
  BadRequestException,
  DatabaseErrorException,
  ExecuteStatementCommand,
  HttpEndpointNotEnabledException,
  InvalidSecretException,
  RDSDataClient,
} from '@aws-sdk/client-rds-data';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { dataApiQuery } from '../../lambda/adapters/data-api.ts';

const clusterArn = 'arn:aws:rds:eu-west-1:111122223333:cluster:production';
const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database';
const api = mockClient(RDSDataClient);
const query = dataApiQuery({
  clusterArn,
  secretArn,
  database: 'shop',
  client: new RDSDataClient({ region: 'eu-west-1' }),
});

beforeEach(() => api.reset());

test('the Data API client sends parameters by name and type', async () => {
  api.on(ExecuteStatementCommand).resolves({});
  expect(await query('SELECT :a', { a: 'x', b: 1, c: 0.5, d: false })).toEqual([]);
  expect(api.commandCalls(ExecuteStatementCommand)[0]?.args[0].input).toEqual({
    resourceArn: clusterArn,
    secretArn,
    database: 'shop',
    sql: 'SELECT :a',
    parameters: [
      { name: 'a', value: { stringValue: 'x' } },
      { name: 'b', value: { longValue: 1 } },
      { name: 'c', value: { doubleValue: 0.5 } },
      { name: 'd', value: { booleanValue: false } },
    ],
    includeResultMetadata: true,
  });
});

test('the Data API client turns records into objects by column label', async () => {
  api.on(ExecuteStatementCommand).resolves({
    columnMetadata: [
      { name: 'usename', label: 'user' },
      { name: 'n' },
      { label: 'share' },
      { label: 'done' },
      { label: 'none' },
    ],
    records: [
      [{ stringValue: '' }, { longValue: 0 }, { doubleValue: 0.25 }, { booleanValue: false }, { isNull: true }],
      [{ stringValue: 'app' }, { longValue: 7 }, { doubleValue: 0 }, { booleanValue: true }, { isNull: true }],
    ],
  });
  expect(await query('SELECT …', {})).toEqual([
    { user: '', n: 0, share: 0.25, done: false, none: null },
    { user: 'app', n: 7, share: 0, done: true, none: null },
  ]);
});

test('the Data API client names the column whose type it cannot read', async () => {
  api.on(ExecuteStatementCommand).resolves({
    columnMetadata: [{ label: 'tags' }],
    records: [[{ arrayValue: { stringValues: [] } }]],
  });
  await expect(query('SELECT …', {})).rejects.toThrow('column tags');
});

test.each([
  [
    'endpoint off',
    new HttpEndpointNotEnabledException({ message: 'no', $metadata: {} }),
    `The Data API (HTTP endpoint) of ${clusterArn} is off. Turn it on with "aws rds enable-http-endpoint --resource-arn ${clusterArn}"`,
  ],
  [
    'endpoint off, in the words of older clusters',
    new BadRequestException({ message: 'HttpEndpoint is not enabled for cluster production', $metadata: {} }),
    'is off. Turn it on',
  ],
  [
    'statement refused',
    new DatabaseErrorException({ message: 'ERROR: permission denied; SQLState: 42501', $metadata: {} }),
    'refused a statement in database shop: DatabaseErrorException: ERROR: permission denied; SQLState: 42501',
  ],
  [
    'no connection left',
    new DatabaseErrorException({
      message: 'FATAL: remaining connection slots are reserved for roles with …; SQLState: 53300',
      $metadata: {},
    }),
    'no connection was free for the responder in the database shop. End sessions as a member of rds_superuser',
  ],
  [
    'no connection left, in the words of older versions',
    new BadRequestException({
      message: 'FATAL: remaining connection slots are reserved for non-replication superuser connections',
      $metadata: {},
    }),
    'no connection was free for the responder in the database shop',
  ],
  [
    'secret refused',
    new InvalidSecretException({ message: 'password hunter2 is wrong', $metadata: {} }),
    `cannot use the secret ${secretArn}: InvalidSecretException`,
  ],
])('the Data API client explains an error of AWS without showing a secret: %s', async (_, error, complaint) => {
  api.on(ExecuteStatementCommand).rejects(error);
  const rejection = query('SELECT 1', {});
  await expect(rejection).rejects.toThrow(complaint);
  await expect(rejection).rejects.not.toThrow('hunter2');
});
