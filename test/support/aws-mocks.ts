import { createHmac, timingSafeEqual } from 'node:crypto';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GenerateMacCommand, KMSClient, KMSInvalidMacException, VerifyMacCommand } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';
import { handler as command } from '../../lambda/functions/command/handler.ts';
import { invoke } from './responder.ts';

/** In the tests of a file, Step Functions starts every execution. */
export function useWorkflows() {
  const workflows = mockClient(SFNClient);
  beforeEach(() => {
    workflows.reset();
    workflows.on(StartExecutionCommand).resolves({});
  });
  const executions = () => workflows.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input);
  return { workflows, executions };
}

/** In the tests of a file, SNS accepts every message. */
export function useTopics() {
  const sns = mockClient(SNSClient);
  beforeEach(() => {
    sns.reset();
    sns.on(PublishCommand).resolves({});
  });
  const messages = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input);
  return { sns, messages };
}

const hmac = (message: Uint8Array | undefined) =>
  createHmac('sha256', 'key')
    .update(message ?? '')
    .digest();

/** KMS takes messages of 4096 bytes at most. */
function refuseLong(message: Uint8Array | undefined): void {
  if ((message?.length ?? 0) > 4096) throw new Error('ValidationException: the message is too long');
}

/** In the tests of a file, KMS signs with one key, and refuses any other signature. */
export function useSigningKey(kms: ReturnType<typeof kmsMock>): void {
  beforeEach(() => {
    kms.reset();
    kms.on(GenerateMacCommand).callsFake(async ({ Message }) => ({ Mac: hmac(Message) }));
    kms.on(VerifyMacCommand).callsFake(async ({ Message, Mac }) => {
      refuseLong(Message);
      if (timingSafeEqual(hmac(Message), Mac)) return { MacValid: true };
      throw new KMSInvalidMacException({ message: 'invalid', $metadata: {} });
    });
  });
}

const kmsMock = () => mockClient(KMSClient);

/** In the tests of a file, Lambda runs the command function, by the alias in `COMMAND_FUNCTION` if it is `command:ALIAS`. */
export function useCommandFunction() {
  const lambda = mockClient(LambdaClient);
  beforeEach(() => {
    lambda.reset();
    lambda.on(InvokeCommand).callsFake(async ({ FunctionName, Payload }) => {
      const invokedFunctionArn = `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`;
      const text = JSON.stringify(await invoke(command, JSON.parse(String(Payload)), { invokedFunctionArn }));
      return { Payload: { transformToString: () => text } };
    });
  });
  return lambda;
}

/** The values of the last metrics that were published, by name. */
export function publishedMetrics(cloudwatch: Pick<ReturnType<typeof cloudWatchMock>, 'commandCalls'>) {
  const { MetricData = [] } = cloudwatch.commandCalls(PutMetricDataCommand).at(-1)?.args[0].input ?? {};
  return Object.fromEntries(MetricData.map(({ MetricName, Value }) => [MetricName, Value]));
}

const cloudWatchMock = () => mockClient(CloudWatchClient);
