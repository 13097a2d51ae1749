import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import type { Incident } from '../../lambda/domain/incident/incident.ts';
import { attemptOfDead } from '../../lambda/domain/remediation/dead-execution.ts';
import { handler as handOver } from '../../lambda/functions/hand-over/handler.ts';
import { handler } from '../../lambda/functions/intake/handler.ts';
import { useWorkflows } from '../support/aws-mocks.ts';
import { attempt, invoke, openIncident, stored, useResponder } from '../support/responder.ts';
import { minute, of } from '../support/story.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:response';
useResponder({ RESPONSE_STATE_MACHINE: MACHINE });
useWorkflows();
const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

/** An event of an execution that has died, as the Step Functions developer guide documents it. */
const death = (detail: Record<string, unknown> = {}) => ({
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: '123456789012',
  time: minute(3),
  region: 'us-east-1',
  resources: [`${MACHINE.replace('stateMachine', 'execution')}:${attempt.id}-1`],
  detail: {
    executionArn: `${MACHINE.replace('stateMachine', 'execution')}:${attempt.id}-1`,
    stateMachineArn: MACHINE,
    name: `${attempt.id}-1`,
    status: 'ABORTED',
    startDate: Date.parse(minute(0)),
    stopDate: Date.parse(minute(3)),
    input: JSON.stringify(attempt),
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    ...detail,
  },
});

const send = async (...events: unknown[]) => {
  const Records = events.map((event, i) => ({
    messageId: `message ${i}`,
    receiptHandle: `receipt ${i}`,
    body: JSON.stringify(event),
    attributes: { ApproximateReceiveCount: '1' },
  }));
  return (await invoke(handler, { Records })).batchItemFailures;
};
const reasons = async () => of((await stored()).timeline, 'HandedOver').map(({ reason }) => reason);

it.each([
  [{}, 'its execution was stopped: no cause given'],
  [{ status: 'TIMED_OUT', error: null, cause: '' }, 'its execution timed out: no cause given'],
  [{ status: 'FAILED' }, 'its execution failed: no cause given'],
  [
    {
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: 'The state/task returned a result that is too large',
    },
    'States.DataLimitExceeded: The state/task returned a result that is too large',
  ],
])('an execution that died of %j is handed over, once', async (detail, words) => {
  await openIncident();
  expect(await send(death(detail))).toEqual([]);
  expect(await send(death(detail), death(detail))).toEqual([]);
  expect(await reasons()).toEqual([expect.stringContaining(`the automatic response failed (${words})`)]);
  expect((await stored()).attempt?.outcome).toBe('handed over');
});

it('an execution that has handed over by itself is not told a second time', async () => {
  await openIncident();
  await invoke(handOver, { ...attempt, error: { Error: 'Lambda.TooManyRequestsException' } });
  expect(await send(death({ status: 'FAILED', error: 'ResponseFailed' }))).toEqual([]);
  expect(await reasons()).toEqual([expect.stringContaining('Lambda.TooManyRequestsException')]);
});

it('an execution without its input is put aside, which pages', async () => {
  await openIncident();
  await send(death({ input: null }));
  expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(1);
  expect(await reasons()).toEqual([]);
});

it.each([
  ['1, the one that is under way', { number: 1, progressAt: minute(2) }, 1],
  ['2, which it had gone on with', { number: 2, progressAt: minute(2) }, 2],
  ['1, where another execution has begun with 2 by now', { number: 2, progressAt: minute(4) }, 1],
  ['1, where 2 is over', { number: 2, progressAt: minute(2), outcome: 'recovered' as const }, 1],
])('an execution that began with attempt 1 died in attempt %s', (_, current, expected) => {
  const incident = {
    attempt: { playbook: '', requestedAt: minute(2), skipped: [], ...current },
  } as unknown as Incident;
  expect(attemptOfDead(incident, { attempt: 1, diedAt: minute(3) })).toBe(expected);
});
