import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { invoke, useResponder } from '../support/responder.ts';

useResponder();
const cloudwatch = mockClient(CloudWatchClient);
const sqs = mockClient(SQSClient);

beforeEach(() => {
  cloudwatch.reset();
  sqs.reset();
});

const send = (body: string) => {
  const attributes = { ApproximateReceiveCount: '1' };
  return invoke(handler, { Records: [{ messageId: 'message', receiptHandle: 'receipt', body, attributes }] });
};
const aside = () => sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input.MessageBody);

it('operations are told at once of a signal that is put aside: its queue may sleep', async () => {
  expect(await send('hello')).toEqual({ batchItemFailures: [] });
  expect(aside()).toEqual(['hello']);
  expect(cloudwatch.commandCalls(PutMetricDataCommand).map(({ args }) => args[0].input)).toMatchObject([
    { Namespace: 'IncidentResponse', MetricData: [{ MetricName: 'SignalsSetAside', Value: 1 }] },
  ]);
});

it('it is put aside also when they can be told by its queue alone', async () => {
  cloudwatch.on(PutMetricDataCommand).rejects(new Error('ServiceUnavailable'));
  expect(await send('hello')).toEqual({ batchItemFailures: [] });
  expect(aside()).toEqual(['hello']);
});

it('nothing is told of a signal that comes again', async () => {
  sqs.on(SendMessageCommand).rejects(new Error('ServiceUnavailable'));
  expect(await send('hello')).toEqual({ batchItemFailures: [{ itemIdentifier: 'message' }] });
  expect(cloudwatch.commandCalls(PutMetricDataCommand)).toEqual([]);
});
