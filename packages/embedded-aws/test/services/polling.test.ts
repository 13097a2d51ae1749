import { describe, expect, test } from 'vitest';
import type { Functions } from '../../src/services/lambda/functions.ts';
import { Polling } from '../../src/services/lambda/polling.ts';
import { Queues } from '../../src/services/sqs.ts';
import { DEPLOYER, embeddedAccount } from '../support/embedded-account.ts';

const ARN = 'arn:aws:sqs:us-east-1:123456789012';

interface Event {
  Records: { messageId: string; receiptHandle: string; body: string; attributes: Record<string, string> }[];
}

/** A FIFO queue that is polled by a function, which answers as `act` says. */
function polled(
  act: (event: Event) => unknown,
  mapping: object = { FunctionResponseTypes: ['ReportBatchItemFailures'] },
) {
  const queue = (name: string, properties = {}) => ({
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: name, FifoQueue: true, ContentBasedDeduplication: true, ...properties },
  });
  const embedded = embeddedAccount(1, {
    Dead: queue('Dead'),
    Orders: queue('Orders', {
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: `${ARN}:Dead`, maxReceiveCount: 3 },
    }),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: `${ARN}:Orders`, FunctionName: 'take', BatchSize: 10, ...mapping },
    },
  });
  const { account, clock } = embedded;
  const queues = new Queues(account);
  const seen: { at: number; bodies: string[]; receives: string[] }[] = [];
  const start = clock.now;
  const functions = {
    find: () => ({ properties: { Role: DEPLOYER.role, Timeout: 10 } }),
    invoke: async (_: string, event: Event) => {
      seen.push({
        at: Math.round((clock.now - start) / 1000),
        bodies: event.Records.map(({ body }) => JSON.parse(body)),
        receives: event.Records.map(({ attributes }) => attributes['ApproximateReceiveCount'] ?? ''),
      });
      const payload = await act(event);
      return payload instanceof Error
        ? { error: { errorType: 'Error', errorMessage: payload.message }, milliseconds: 10 }
        : { payload, milliseconds: 10 };
    },
  };
  new Polling(account, functions as unknown as Functions, queues);
  const send = (...bodies: unknown[]) => {
    for (const body of bodies) queues.send(`${ARN}:Orders`, body, 'one group');
  };
  const dead: unknown[] = [];
  account.listen(event => {
    if (event.type === 'dead letter') dead.push(event['body']);
  });
  return { ...embedded, queues, seen, send, dead };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const failing = ({ Records }: Event, ...which: number[]) => ({
  batchItemFailures: Records.filter(({ body }) => which.includes(JSON.parse(body))).map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

describe('a group of a FIFO queue', () => {
  test('is processed ten at a time and in order', async () => {
    const { send, clock, seen } = polled(() => undefined);
    send(...numbers(23));
    await clock.run(10_000);
    expect(seen.map(({ bodies }) => bodies.length)).toEqual([10, 10, 3]);
    expect(seen.flatMap(({ bodies }) => bodies)).toEqual(numbers(23));
  });

  test('is processed in batches that fit into an invocation', async () => {
    const { account, send, clock, seen } = polled(() => undefined);
    const megabyte = (n: number) => [n, 'x'.repeat(1_000_000)];
    send(...numbers(8).map(megabyte));
    await clock.run(10_000);
    expect(seen.map(({ bodies }) => bodies.length)).toEqual([6, 2]);
    expect(seen.flatMap(({ bodies }) => bodies)).toEqual(numbers(8).map(megabyte));
    expect(account.sizes.largest).toMatchObject([{ kind: 'message of a queue', size: 1_000_006 }]);
  });

  test('waits behind the messages that failed, and behind no other', async () => {
    const failed = [2, 5];
    const { send, clock, seen } = polled(event => failing(event, ...failed));
    send(...numbers(12));
    await clock.run(1000);
    failed.splice(0);
    await clock.run(60_000);
    expect(seen.map(({ bodies, receives }) => [bodies, receives])).toEqual([
      [numbers(10), Array.from({ length: 10 }, () => '1')],
      [
        [2, 5, 10, 11],
        ['2', '2', '1', '1'],
      ],
    ]);
    expect(seen.map(({ at }) => at)).toEqual([0, 60]);
  });

  test('is seen again as soon as the function says', async () => {
    const { send, clock, seen, call } = polled(async event => {
      const Entries = event.Records.map(({ messageId, receiptHandle }) => ({
        ...{ Id: messageId, ReceiptHandle: receiptHandle, VisibilityTimeout: 2 },
      }));
      await call('sqs', 'ChangeMessageVisibilityBatch', { QueueUrl: 'https://sqs/123456789012/Orders', Entries });
      return failing(event, 0);
    });
    send(0, 1);
    await clock.run(10_000);
    expect(seen.map(({ at, bodies }) => [at, bodies])).toEqual([
      [0, [0, 1]],
      [2, [0]],
      [4, [0]],
    ]);
  });

  test.each<[string, (event: Event) => unknown, object?]>([
    ['fails', () => new Error('crashed')],
    ['names a message that it was not given', () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] })],
    ['names none', () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
    ['fails, though nothing is reported by message', () => new Error('crashed'), {}],
  ])('fails as a whole when the function %s, and ends in the dead letters', async (_, act, mapping) => {
    const { send, clock, seen, dead } = polled(act, mapping);
    send(0, 1);
    await clock.run(10 * 60_000);
    expect(seen.map(({ at }) => at)).toEqual([0, 60, 120]);
    expect(dead).toEqual([0, 1]);
  });

  test('tells how long its oldest message waits, if there is one', async () => {
    const { send, clock, queues } = polled(() => new Error('crashed'));
    const values: [string, number][] = [];
    const metrics = {
      put: (_: string, name: string, { QueueName }: { QueueName: string }, value: number) => {
        if (name === 'ApproximateAgeOfOldestMessage' && QueueName === 'Orders')
          values.push([QueueName, Math.round(value)]);
      },
    };
    queues.measure(metrics as never);
    send(0);
    await clock.run(90_000);
    queues.measure(metrics as never);
    expect(values).toEqual([['Orders', 90]]);
  });
});

test('a message that is not being processed cannot be hidden', async () => {
  const { call } = polled(() => undefined);
  const Entries = [{ Id: '0', ReceiptHandle: 'old', VisibilityTimeout: 2 }];
  const hide = call('sqs', 'ChangeMessageVisibilityBatch', { QueueUrl: 'https://sqs/123456789012/Orders', Entries });
  await expect(hide).rejects.toThrow('receipt handle');
});
