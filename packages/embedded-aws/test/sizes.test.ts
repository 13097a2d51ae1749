import { describe, expect, test } from 'vitest';
import type { Input } from '../src/account/account.ts';
import { LIMITS, type SizeKind } from '../src/sizes.ts';
import { ARN, deployed, KIB, MIB, RESOURCES } from './support/sized-stack.ts';

const CALLER = { name: 'a person', role: 'arn:aws:iam::123456789012:role/Role' };
const letters = (count: number) => 'x'.repeat(count);

/** A thing of the size that is given, counted as its service counts. */
const PUT_EVENTS = (size: number) => ({
  Entries: [{ Source: 'shop', DetailType: 'Order', Detail: JSON.stringify(letters(size - 4 - 5 - 2)) }],
});
const ITEM = (size: number) => ({
  TableName: 'Items',
  Item: { pk: { S: '1' }, sk: { S: '2' }, text: { S: letters(size - 10) } },
});
const KEY = (pk: number, sk: number) => ({
  TableName: 'Items',
  Item: { pk: { S: letters(pk) }, sk: { S: letters(sk) } },
});
const TOPIC = { TopicArn: `arn:aws:sns:${ARN}:Topic` };
const UNHEARD = { TopicArn: `arn:aws:sns:${ARN}:Unheard` };
const ORDERS = { QueueUrl: 'https://sqs/123456789012/Orders', MessageGroupId: 'one' };
const SHORT = { ...ORDERS, QueueUrl: 'https://sqs/123456789012/Short' };
const BATCH = (size: number) => ({
  QueueUrl: ORDERS.QueueUrl,
  Entries: [KIB, size - KIB].map((part, n) => ({ Id: `${n}`, MessageGroupId: 'one', MessageBody: letters(part) })),
});
const PARAMETER = (Name: string) => (size: number) => ({ Name, Value: letters(size), Overwrite: true });
const METRICS = (count: number) => ({
  Namespace: 'Shop',
  MetricData: Array.from({ length: count }, () => ({ MetricName: 'Orders', Value: 1 })),
});
const METRIC = (size: number) => ({
  Namespace: 'Shop',
  MetricData: [{ MetricName: letters(size - 29), Value: 1 }],
});
const RUNBOOK = (Text: string[]) => ({ DocumentName: 'Runbook', Parameters: { Text } });
const MAIL = (size: number) => ({
  FromEmailAddress: 'a@example.com',
  ConfigurationSetName: 'mails',
  Destination: { ToAddresses: ['b@example.com'] },
  Content: { Simple: { Subject: { Data: '' }, Body: { Text: { Data: letters(size - 62) } } } },
});
const MACHINE = (name: string) => `arn:aws:states:${ARN}:stateMachine:${name}`;
const START = (size: number) => ({
  stateMachineArn: MACHINE('Machine'),
  input: JSON.stringify(letters(size - 2)),
});

type Case = [
  kind: SizeKind,
  service: string,
  operation: string,
  input: (size: number) => Input,
  most: number,
  says: string,
];
const CASES: Case[] = [
  [
    'events of a request',
    'events',
    'PutEvents',
    PUT_EVENTS,
    MIB - 1,
    'Total size of the entries in the request is over the limit.',
  ],
  [
    'number of events of a request',
    ...([
      'events',
      'PutEvents',
      (count: number) => ({ Entries: Array(count).fill(PUT_EVENTS(20).Entries[0]) }),
      10,
    ] as const),
    "Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10",
  ],
  ['item of a table', 'dynamodb', 'PutItem', ITEM, 400 * KIB, 'Item size has exceeded the maximum allowed size'],
  [
    'message of a topic',
    'sns',
    'Publish',
    size => ({ ...UNHEARD, Message: letters(size) }),
    256 * KIB,
    'Message too long',
  ],
  [
    'subject of a message',
    'sns',
    'Publish',
    size => ({ ...TOPIC, Message: '-', Subject: letters(size) }),
    100,
    'Invalid parameter: Subject',
  ],
  [
    'message of a queue',
    'sqs',
    'SendMessage',
    size => ({ ...ORDERS, MessageBody: letters(size) }),
    MIB,
    'Message must be shorter than 1048576 bytes.',
  ],
  [
    'message of a queue',
    'sqs',
    'SendMessage',
    size => ({ ...SHORT, MessageBody: letters(size) }),
    KIB,
    'Message must be shorter than 1024 bytes.',
  ],
  [
    'messages of a request',
    'sqs',
    'SendMessageBatch',
    BATCH,
    MIB,
    'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
  ],
  [
    'value of a parameter',
    'ssm',
    'PutParameter',
    PARAMETER('/standard'),
    4096,
    'maximum parameter value of 4096 characters',
  ],
  [
    'value of a parameter',
    'ssm',
    'PutParameter',
    PARAMETER('/advanced'),
    8192,
    'maximum parameter value of 8192 characters',
  ],
  [
    'parameter of a runbook',
    'ssm',
    'StartAutomationExecution',
    size => RUNBOOK([letters(size)]),
    512,
    'Member must have length less than or equal to 512',
  ],
  [
    'values of a runbook parameter',
    'ssm',
    'StartAutomationExecution',
    count => RUNBOOK(Array(count).fill('-')),
    50,
    'Member must have length less than or equal to 50',
  ],
  ['input of an execution', 'states', 'StartExecution', START, 256 * KIB, "Value at 'input' failed"],
  [
    'name of an execution',
    'states',
    'StartExecution',
    size => ({ ...START(2), name: letters(size) }),
    80,
    "Value at 'name' failed",
  ],
  [
    'number of metrics of a request',
    'cloudwatch',
    'PutMetricData',
    METRICS,
    1000,
    'The collection MetricData must not have a size greater than 1000.',
  ],
  ['metrics of a request', 'cloudwatch', 'PutMetricData', METRIC, MIB, 'Request Entity Too Large'],
  [
    'message that a key authenticates',
    ...([
      'kms',
      'GenerateMac',
      (size: number) => ({ KeyId: 'Key', MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.alloc(size) }),
      4096,
    ] as const),
    "Value at 'message' failed",
  ],
  [
    'key of an object',
    's3',
    'PutObject',
    size => ({ Bucket: 'bucket', Key: letters(size), Body: '-' }),
    1024,
    'Your key is too long',
  ],
  ['mail', 'ses', 'SendEmail', MAIL, 40 * MIB, 'Message length is more than 41943040 bytes long.'],
];

describe('a call just at its limit passes and is counted, and one more is refused', () => {
  test.each(CASES)('%s: %s:%s', async (kind, service, operation, input, most, says) => {
    const { account } = await deployed();
    await account.call(CALLER, service, operation, input(most));
    expect(account.sizes.largest.find(largest => largest.kind === kind)).toMatchObject({ size: most, most, share: 1 });
    expect(account.sizes.refused).toEqual([]);
    const refused = account.call(CALLER, service, operation, input(most + 1));
    await expect(refused).rejects.toMatchObject({ name: LIMITS[kind].error, message: expect.stringContaining(says) });
    expect(account.sizes.refused).toEqual([{ kind, size: most + 1 }]);
  });

  test.each([
    ['partition key', KEY(2048, 1), KEY(2049, 1)],
    ['sort key', KEY(1, 1024), KEY(1, 1025)],
  ])('%s of an item', async (_, passes, tooLarge) => {
    const { account } = await deployed();
    await account.call(CALLER, 'dynamodb', 'PutItem', passes);
    await expect(account.call(CALLER, 'dynamodb', 'PutItem', tooLarge)).rejects.toThrow('exceeded the');
  });

  test('an item that grows by an update', async () => {
    const { account } = await deployed();
    const { Item } = ITEM(400 * KIB - 5);
    await account.call(CALLER, 'dynamodb', 'PutItem', { TableName: 'Items', Item });
    const grow = (more: string) =>
      account.call(CALLER, 'dynamodb', 'UpdateItem', {
        TableName: 'Items',
        Key: { pk: Item.pk, sk: Item.sk },
        UpdateExpression: 'SET more = :more',
        ExpressionAttributeValues: { ':more': { S: more } },
      });
    await grow('x');
    expect(account.sizes.largest[0]).toMatchObject({ kind: 'item of a table', size: 400 * KIB });
    await expect(grow('xx')).rejects.toThrow('exceeded the maximum allowed size');
    expect(account.sizes.refused).toMatchObject([{ kind: 'item of a table' }]);
  });
});

test('the largest of each kind is kept, the nearest to its limit first', async () => {
  const { account } = await deployed();
  for (const size of [10, 30, 20]) await account.call(CALLER, 'sns', 'Publish', { ...TOPIC, Message: letters(size) });
  await account.call(CALLER, 'sns', 'Publish', { ...TOPIC, Message: 'x', Subject: letters(50) });
  expect(account.sizes.largest.slice(0, 1)).toMatchObject([{ kind: 'subject of a message', share: 0.5 }]);
  expect(account.sizes.largest.find(({ kind }) => kind === 'message of a topic')).toMatchObject({ size: 30 });
});

test('attributes count for the size of a message', async () => {
  const { account } = await deployed();
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'page' } };
  const publish = (size: number) =>
    account.call(CALLER, 'sns', 'Publish', { ...UNHEARD, Message: letters(size - 14), MessageAttributes });
  await publish(256 * KIB);
  await expect(publish(256 * KIB + 1)).rejects.toThrow('Message too long');
});

test('an SMS of over 1,600 characters is accepted, and reaches nobody', async () => {
  const { account, clock, topics } = await deployed();
  const dropped: unknown[] = [];
  account.listen(event => event.type === 'dropped' && dropped.push(event['reason']));
  for (const size of [1600, 1601]) await account.call(CALLER, 'sns', 'Publish', { ...TOPIC, Message: letters(size) });
  await clock.run(10_000);
  expect(topics.messages.map(({ body }) => body.length)).toEqual([1600]);
  expect(dropped).toEqual(['the SMS is too long']);
});

describe('of a function', () => {
  /** An event of so many bytes as JSON. */
  const event = (size: number) => ({ text: letters(size - 11) });

  test('the payload of an invocation', async () => {
    const { functions, account } = await deployed();
    expect(await functions.invoke('Say', event(6 * MIB))).toMatchObject({ payload: '' });
    expect((await functions.invoke('Say', event(6 * MIB + 1))).error).toEqual({
      errorType: 'RequestEntityTooLargeException',
      errorMessage: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    });
    const call = account.call(CALLER, 'lambda', 'Invoke', {
      FunctionName: 'Say',
      Payload: JSON.stringify(event(6 * MIB + 1)),
    });
    await expect(call).rejects.toMatchObject({ name: 'RequestEntityTooLargeException' });
  });

  test('its answer', async () => {
    const { functions } = await deployed();
    const most = 6 * MIB + 100;
    expect(await functions.invoke('Say', { letters: most - 2 })).toMatchObject({ payload: letters(most - 2) });
    expect((await functions.invoke('Say', { letters: most - 1 })).error).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
  });

  test('an event that it is invoked with asynchronously', async () => {
    const { functions, account } = await deployed();
    expect([MIB, MIB + 1].map(size => functions.invokeAsynchronously('Say', event(size)))).toEqual([true, false]);
    expect(account.sizes.refused).toEqual([{ kind: 'asynchronous event', size: MIB + 1 }]);
  });

  test('a request to its URL', async () => {
    const { functions, account } = await deployed();
    const url = account.ofType('AWS::Lambda::Url')[0]?.attributes['FunctionUrl'] ?? '';
    const post = (size: number) => functions.request(url, { method: 'POST', body: letters(size) });
    expect((await post(6 * MIB - 1000)).statusCode).not.toBe(413);
    expect((await post(6 * MIB)).statusCode).toBe(413);
  });

  test('its environment', async () => {
    const Say = (size: number) => ({
      ...RESOURCES['Say'],
      Type: 'AWS::Lambda::Function',
      Properties: { ...RESOURCES['Say']?.Properties, Environment: { Variables: { TEXT: letters(size - 4) } } },
    });
    await deployed({ ...RESOURCES, Say: Say(4096) });
    await expect(deployed({ ...RESOURCES, Say: Say(4097) })).rejects.toThrow('exceeded the 4KB limit');
  });
});

test('what a state hands on is counted', async () => {
  const { account, clock } = await deployed();
  await account.call(CALLER, 'states', 'StartExecution', {
    ...START(2),
    stateMachineArn: MACHINE('Nothing'),
    input: '"1234567890"',
  });
  await clock.run(60_000);
  expect(account.sizes.largest.find(({ kind }) => kind === 'data of a state')).toMatchObject({ size: 12 });
});

test('what a task is given and what it answers counts for the limit of a state, also what the state does not select', async () => {
  const { account, clock } = await deployed();
  const ended: unknown[][] = [];
  account.listen(({ type, status, error, cause }) => type === 'workflow' && ended.push([status, error, cause]));
  const around = JSON.stringify({ Payload: '', StatusCode: 200, ExecutedVersion: '$LATEST' }).length;
  const asked = [
    { letters: 256 * KIB - around },
    { letters: 256 * KIB - around + 1 },
    { text: letters(256 * KIB - 20) },
  ];
  for (const input of asked.map(given => JSON.stringify(given))) {
    await account.call(CALLER, 'states', 'StartExecution', { ...START(2), input });
    await clock.run(60_000);
  }
  const failed =
    "The state/task 'Say' returned a result with a size exceeding the maximum number of bytes service limit.";
  expect(ended.filter(([status]) => status !== 'RUNNING')).toEqual([
    ['SUCCEEDED', undefined, undefined],
    ['FAILED', 'States.DataLimitExceeded', failed],
    // The task's parameters hold more than the input.
    ['FAILED', 'States.DataLimitExceeded', failed],
  ]);
});
