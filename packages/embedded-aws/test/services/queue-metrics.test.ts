import { expect, test } from 'vitest';
import { Metrics } from '../../src/services/cloudwatch/metrics.ts';
import { Queues } from '../../src/services/sqs.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ARN = 'arn:aws:sqs:us-east-1:123456789012:Dead';

/** A queue for dead letters that was just created, or long ago, with the minutes at which it was measured. */
function measured(isNew: boolean, seed = 1) {
  const { account, clock } = embeddedAccount(seed, {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'Dead' } },
  });
  const queues = new Queues(account, isNew);
  const metrics = new Metrics(account);
  clock.every(MINUTE, () => queues.measure(metrics));
  const values = () => metrics.valuesOf('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'Dead' });
  return { clock, queues, values };
}

test('a new queue has metrics for six hours, and then none', async () => {
  const { clock, values } = measured(true);
  await clock.run(5 * HOUR);
  expect(values()).toHaveLength(300);
  await clock.run(5 * HOUR);
  expect(values().length).toBeLessThanOrEqual(360);
});

test('a queue that has slept has metrics up to 15 minutes after its first message, as the seed decides', async () => {
  const delays = await Promise.all(
    Array.from({ length: 40 }, async (_, seed) => {
      const { clock, queues, values } = measured(false, seed);
      await clock.run(HOUR);
      expect(values()).toEqual([]);
      queues.send(ARN, {});
      await clock.run(HOUR);
      expect(new Set(values())).toEqual(new Set([1]));
      return 60 - values().length;
    }),
  );
  expect(Math.min(...delays)).toBeLessThan(4);
  expect(Math.max(...delays)).toBeGreaterThan(11);
  expect(Math.max(...delays)).toBeLessThanOrEqual(15);
});

test('a queue with a message in it stays awake, and is measured at once', async () => {
  const { clock, queues, values } = measured(true);
  queues.send(ARN, {});
  await clock.run(24 * HOUR);
  expect(values()).toHaveLength(24 * 60);
});
