import { createServer } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { openIncidents } from '../../lambda/store/incident-lists.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { close, listen, urlOf } from '../support/loopback.ts';
import { ALARM, invoke, useResponder } from '../support/responder.ts';
import { minute } from '../support/story.ts';

const table = useResponder({ RESPONSE_STATE_MACHINE: 'arn:aws:states:us-east-1:123456789012:stateMachine:response' });
const { workflows } = useWorkflows();
const sqs = mockClient(SQSClient);

beforeEach(() => void sqs.reset());

/** The error of the SDK when what stands before a service answers in its place. */
async function errorOf(status: number, answer: string): Promise<Error> {
  const server = createServer((_, response) => response.writeHead(status).end(answer));
  await listen(server);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: urlOf(server), region: 'us-east-1', credentials, maxAttempts: 1 });
  try {
    return await client.send(new ListTablesCommand()).then(
      () => new Error('it was answered'),
      (error: Error) => error,
    );
  } finally {
    client.destroy();
    await close(server);
  }
}

const ANSWERS = [
  [503, 'Service Unavailable'],
  [503, '<html><body><h1>503 Service Unavailable</h1></body></html>'],
  [502, ''],
  [200, '<html>'],
] as const;

const receive = () => {
  const body = JSON.stringify({
    ...{ id: '1', 'detail-type': 'CloudWatch Alarm State Change' },
    detail: { alarmName: ALARM, state: { value: 'ALARM', timestamp: minute(0) } },
  });
  const attributes = { ApproximateReceiveCount: '1' };
  return invoke(handler, { Records: [{ messageId: 'message', receiptHandle: 'receipt', body, attributes }] });
};

const isHeld = async () => {
  expect(await receive()).toEqual({ batchItemFailures: [{ itemIdentifier: 'message' }] });
  expect(sqs.commandCalls(SendMessageCommand)).toEqual([]);
  expect(sqs.commandCalls(ChangeMessageVisibilityBatchCommand)).toHaveLength(1);
};

it.each(ANSWERS)('a signal waits while the table is answered for by %s "%s"', async (status, answer) => {
  const [error, { send }] = [await errorOf(status, answer), table];
  table.send = () => Promise.reject(error);
  await isHeld();
  table.send = send;
  expect(await receive()).toEqual({ batchItemFailures: [] });
  expect((await openIncidents()).incidents).toHaveLength(1);
});

it.each(ANSWERS)('so it does while Step Functions are answered for by %s "%s"', async (status, answer) => {
  workflows.onAnyCommand().rejects(await errorOf(status, answer));
  await isHeld();
});
