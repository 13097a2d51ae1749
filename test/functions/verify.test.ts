import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeAutomationStepExecutionsCommand,
  GetAutomationExecutionCommand,
  SSMClient,
  type StepExecution,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler } from '../../lambda/functions/verify/handler.ts';
import {
  ALARM,
  attempt,
  committed,
  invoke,
  openIncident,
  setMinute,
  stored,
  useResponder,
} from '../support/responder.ts';
import { minute, of, READINGS, step } from '../support/story.ts';

useResponder();
const cloudwatch = mockClient(CloudWatchClient);
const ssm = mockClient(SSMClient);
const RUN = 'INC-2026-04-07-001/1/kill-idle';

/** What alarm and health URL say. */
function says(StateValue: StateValue, status = 200): void {
  cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [
      { AlarmName: ALARM, StateValue, StateReason: 'why', StateTransitionedTimestamp: new Date(minute(3)) },
    ],
  });
  vi.stubGlobal('fetch', async () => new Response('', { status }));
}

beforeEach(async () => {
  cloudwatch.reset();
  ssm.reset();
  await openIncident([step('kill-idle', { verifyMinutes: 5 })]);
  await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS });
  setMinute(4);
  says('OK');
});

/** What Systems Manager tells of the execution; it ended at minute 3. */
const ended = (execution: object = {}) =>
  ssm.on(GetAutomationExecutionCommand).resolves({
    AutomationExecution: {
      AutomationExecutionStatus: 'Success',
      ExecutionEndTime: new Date(minute(3)),
      ...execution,
    },
  });

/** Asks whether the run did what it was for. */
const verify = (execution: object = {}) => {
  ended(execution);
  return invoke(handler, { ...attempt, run: RUN, execution: 'e-1' });
};

it('a step is verified when its runbook succeeded, the alarm is clear and the service is healthy', async () => {
  expect(await verify()).toEqual({ verdict: 'done', run: RUN });
  const { status, runs, timeline } = await stored();
  expect(of(timeline, 'StepSucceeded')[0]).toMatchObject({
    execution: 'e-1',
    checks: [
      { check: `alarm:${ALARM}`, passed: true, seen: 'OK' },
      { check: 'https://mockupaws.com/health', passed: true, seen: 'HTTP 200' },
    ],
  });
  expect([status, runs[0]?.status]).toEqual(['monitoring', 'succeeded']);
});

it.each<[string, StateValue, number, string]>([
  ['the alarm still fires', 'ALARM', 200, 'alarm database-connections-critical: ALARM'],
  ['the alarm has INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 200, 'alarm database-connections-critical: no data'],
  ['the service is not healthy', 'OK', 503, 'https://mockupaws.com/health: HTTP 503'],
])('a step is checked again until its time is up, then failed, when %s', async (_, state, status, reason) => {
  says(state, status);
  for (const minutes of [4, 6, 7.9]) {
    setMinute(minutes);
    expect(await verify()).toEqual({ verdict: 'again', run: RUN });
  }
  expect((await stored()).runs[0]?.status).toBe('running');
  setMinute(8);
  expect(await verify()).toEqual({ verdict: 'done', run: RUN });
  const { timeline, mitigatedAt } = await stored();
  expect(of(timeline, 'StepFailed')[0]?.reason).toContain(reason);
  expect(of(timeline, 'StepSucceeded')).toEqual([]);
  expect(mitigatedAt).toBeUndefined();
});

it('a step is never verified when its alarm does not exist any more', async () => {
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
  expect(await verify()).toMatchObject({ verdict: 'again' });
});

it.each(['Failed', 'TimedOut', 'Cancelled', 'CompletedWithFailure'])(
  'a step whose runbook ended %s has failed, whatever the alarm says',
  async status => {
    await verify({
      AutomationExecutionStatus: status,
      FailureMessage: 'Step fails when it is Execute/Cancelling action. AccessDenied',
    });
    expect(of((await stored()).timeline, 'StepFailed')).toMatchObject([
      {
        run: RUN,
        execution: 'e-1',
        reason: `the runbook ended ${status}: Step fails when it is Execute/Cancelling action. AccessDenied`,
      },
    ]);
    expect(cloudwatch.calls()).toEqual([]);
  },
);

const asked = (payload: object, more: StepExecution = {}): StepExecution => ({
  ...{ StepName: 'act', Action: 'aws:invokeLambdaFunction', StepStatus: 'Success' },
  Outputs: { Payload: [JSON.stringify(payload)] },
  ...more,
});

it.each<[string, StepExecution, string]>([
  [
    'a function of the runbook failed',
    asked({ errorMessage: 'gone' }, { Outputs: { FunctionError: ['Unhandled'] } }),
    'act: ',
  ],
  [
    'a function of the runbook judged it as failed',
    asked({ verdict: 'failed', reason: 'no dump came', changed: [] }),
    'no dump came',
  ],
  [
    'the runbook found nothing to act on',
    asked({ verdict: 'unchanged', reason: 'a newer one', changed: [] }),
    'a newer one',
  ],
])(
  'a step has not succeeded when %s, though its runbook ended Success and the alarm is clear',
  async (_, one, reason) => {
    await verify({ StepExecutions: [one] });
    const { timeline, runs } = await stored();
    expect(of(timeline, 'StepFailed')[0]?.reason).toContain(reason);
    expect(runs[0]?.status).toBe('failed');
    expect(cloudwatch.calls()).toEqual([]);
  },
);

it('a runbook with many steps is read page by page', async () => {
  ssm
    .on(DescribeAutomationStepExecutionsCommand, { AutomationExecutionId: 'e-1', NextToken: undefined })
    .resolves({ StepExecutions: [{ StepName: 'first' }], NextToken: 'more' })
    .on(DescribeAutomationStepExecutionsCommand, { AutomationExecutionId: 'e-1', NextToken: 'more' })
    .resolves({ StepExecutions: [asked({ verdict: 'failed', reason: 'at the very end', changed: [] })] });
  await verify({ StepExecutions: [{ StepName: 'first' }], StepExecutionsTruncated: true });
  expect(of((await stored()).timeline, 'StepFailed')[0]?.reason).toBe('at the very end');
});

it('a runbook in progress is checked again later', async () => {
  expect(await verify({ AutomationExecutionStatus: 'Cancelling' })).toEqual({ verdict: 'again', run: RUN });
  expect((await stored()).runs[0]?.status).toBe('running');
});

it('a verified step keeps its outcome when it is checked again', async () => {
  await verify();
  says('ALARM');
  expect(await verify()).toEqual({ verdict: 'done', run: RUN });
  expect((await stored()).runs[0]?.status).toBe('succeeded');
});

it('the verification records the state of the alarm, also between events', async () => {
  says('INSUFFICIENT_DATA');
  await verify();
  expect((await stored()).signals[`alarm:${ALARM}`]?.state).toBe('unknown');
});

it('a step verified by its runbook alone succeeds while the alarm fires, and the incident stays open', async () => {
  const plan = [step('kill-idle', { verifiedBy: 'runbook' })];
  const other = { ...attempt, slot: 'mockupaws-production/CacheFailure', id: 'INC-2026-04-07-002' };
  const key = { slot: other.slot, number: 1 };
  await openIncident(plan, { id: 'event-2', playbook: 'CacheFailure' });
  await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS }, key);
  says('ALARM', 503);
  ended({ ExecutionEndTime: undefined });
  await invoke(handler, { ...other, run: 'INC-2026-04-07-002/1/kill-idle', execution: 'e-2' });
  const { runs, status } = await stored(key);
  expect([runs[0]?.status, status]).toEqual(['succeeded', 'identified']);
});

describe('a temporary change that', () => {
  /** What the load balancer counted in minute 3 to 4, of 1000 requests; 100 failed before. */
  async function verifyAt(
    failed: number,
    asked = step('kill-idle', { revert: { title: 'Undo', parameters: {} } }),
    status = 200,
  ) {
    const other = { ...attempt, slot: 'mockupaws-production/CacheFailure', id: 'INC-2026-04-07-002' };
    const key = { slot: other.slot, number: 1 };
    await openIncident([asked], { id: 'event-3', playbook: 'CacheFailure' });
    const findings = [
      {
        check: 'metrics',
        ok: false,
        summary: '',
        facts: { desiredTasks: 10, usersAffectedShare: 0.1, healthFailingShare: 0 },
      },
    ];
    await committed({ type: 'record diagnosis', id: 'again', attempt: 1, findings }, key);
    await committed({ type: 'next step', id: 'plan', attempt: 1, readings: READINGS }, key);
    says('ALARM', status);
    const of = (Id: string, value: number, ...minutes: number[]) => ({
      ...{ Id, Values: minutes.map(() => value), Timestamps: minutes.map(minutesIn => new Date(minute(minutesIn))) },
    });
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [of('requests', 1000, -1, 0, 3), of('errors', failed, 3)] });
    setMinute(4.2);
    ended();
    const verdict = await invoke(handler, { ...other, run: 'INC-2026-04-07-002/1/kill-idle', execution: 'e' });
    return { verdict, run: (await stored(key)).runs[0] };
  }

  it('was harmful has failed at once', async () => {
    const { verdict, run } = await verifyAt(300);
    expect(verdict).toMatchObject({ verdict: 'done' });
    expect(run).toMatchObject({ status: 'failed', impact: 'harmful' });
    expect(run?.reason).toContain('requests failing: 30 % since, 10 % before: it made it worse');
  });

  it('left no health URL answering has failed at once, though no request came', async () => {
    const { verdict, run } = await verifyAt(0, undefined, 503);
    expect(verdict).toMatchObject({ verdict: 'done' });
    expect(run?.reason).toContain('health URLs: none answers since, some did before: it made it worse');
  });

  it('was a little harmful is given its time', async () => {
    expect((await verifyAt(150)).verdict).toMatchObject({ verdict: 'again' });
  });

  it('cannot be reverted is not checked for harm', async () => {
    expect((await verifyAt(900, step('kill-idle'))).verdict).toMatchObject({ verdict: 'again' });
    expect(cloudwatch.commandCalls(GetMetricDataCommand)).toEqual([]);
  });
});
