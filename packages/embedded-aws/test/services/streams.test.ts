import { expect, test } from 'vitest';
import type { StreamRecord, Tables } from '../../src/services/dynamodb/tables.ts';
import type { Functions } from '../../src/services/lambda/functions.ts';
import { Streams } from '../../src/services/lambda/streams.ts';
import { Queues } from '../../src/services/sqs.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders';

/** A table whose stream has a function, and the batches that it has got. */
function streamed(mapping: object = {}) {
  const { account, clock } = embeddedAccount(1, {
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: `${TABLE}/stream/2026`, FunctionName: 'take', BatchSize: 100, ...mapping },
    },
  });
  const listeners: ((record: StreamRecord) => void)[] = [];
  const tables = { onRecord: (listener: (record: StreamRecord) => void) => listeners.push(listener) };
  const batches: string[][] = [];
  const functions = {
    invoke: async (_: string, { Records }: { Records: { eventID: string }[] }) => {
      batches.push(Records.map(({ eventID }) => eventID));
      return { payload: {}, milliseconds: 1 };
    },
  };
  new Streams(account, tables as unknown as Tables, functions as unknown as Functions, new Queues(account));
  const write = (sequence: string, text = '') => {
    const after = { text: { S: text } };
    for (const listener of listeners) listener({ tableArn: TABLE, sequence, keys: {}, before: undefined, after });
  };
  return { clock, batches, write };
}

test('the changes of a table are delivered in batches that fit into an invocation', async () => {
  const { clock, batches, write } = streamed();
  const sequences = Array.from({ length: 20 }, (_, n) => String(n));
  for (const sequence of sequences) write(sequence, 'x'.repeat(400_000));
  await clock.run(60_000);
  expect(batches.map(({ length }) => length)).toEqual([15, 5]);
  expect(batches.flat()).toEqual(sequences);
});

test('a batching window gathers the changes of so many seconds', async () => {
  const { clock, batches, write } = streamed({ MaximumBatchingWindowInSeconds: 5 });
  for (const seconds of [0, 2, 4, 9, 11]) clock.after(seconds * 1000, () => write(String(seconds)));
  await clock.run(60_000);
  expect(batches).toEqual([
    ['0', '2', '4'],
    ['9', '11'],
  ]);
});
