import { describe, expect, it } from 'vitest';
import { reportOf, resultOf, type StepExecution } from '../../../lambda/domain/remediation/execution.ts';

const call = (Api: string, more: StepExecution = {}): StepExecution => ({
  ...{ StepName: Api.toLowerCase(), Action: 'aws:executeAwsApi', StepStatus: 'Success' },
  ...{ Inputs: { Service: '"ecs"', Api: JSON.stringify(Api) }, ...more },
});
const asked = (payload: object | undefined, more: StepExecution = {}, dryRun = 'false'): StepExecution => ({
  ...{ StepName: 'act', Action: 'aws:invokeLambdaFunction', StepStatus: 'Success' },
  Inputs: { FunctionName: '"f"', InputPayload: JSON.stringify({ dryRun }) },
  Outputs: payload ? { Payload: [JSON.stringify(payload)] } : {},
  ...more,
});
const assertion = (FailureMessage: string): StepExecution => ({
  ...{ StepName: 'requireActive', Action: 'aws:assertAwsResourceProperty', StepStatus: 'Failed', FailureMessage },
});
const end = (status: string, ...steps: StepExecution[]) => resultOf({ status, failureMessage: 'why', steps });
const done = { verdict: 'done', reason: '', changed: ['backend is to run 5 tasks'] };

describe('an execution', () => {
  it('that succeeded has each of its changes once', () => {
    expect(end('Success', call('DescribeServices'), call('UpdateService'), asked(done), asked(done))).toEqual({
      ended: 'succeeded',
      changed: ['updateservice: ecs UpdateService', 'backend is to run 5 tasks'],
    });
  });

  it.each(['Success', 'Failed'])('whose function failed has failed, though it ended %s', status => {
    const wrong = asked(
      { errorType: 'Error', errorMessage: 'the table is gone' },
      { Outputs: { FunctionError: ['Unhandled'], Payload: ['{"errorMessage":"the table is gone"}'] } },
    );
    const result = end(status, wrong, call('UpdateService'));
    expect(result).toMatchObject({ ended: 'failed', reason: 'act: the table is gone' });
    expect(result.changed[0]).toMatch(/may have changed something$/);
  });

  it.each(['Success', 'Failed'])('that its function judged as failed has failed, though it ended %s', status => {
    expect(end(status, asked({ verdict: 'failed', reason: 'no dump came', changed: [] }))).toEqual({
      ended: 'failed',
      reason: 'no dump came',
      changed: [],
    });
  });

  it.each(['Success', 'Failed'])(
    'that its function judged as having nothing to act on is unchanged, though it ended %s',
    status => {
      const verdict = { verdict: 'unchanged', reason: 'a newer deployment has taken its place', changed: [] };
      expect(end(status, asked(verdict))).toEqual({ ended: 'unchanged', reason: verdict.reason, changed: [] });
      // Once something is changed, it can only have failed.
      expect(end(status, asked(done), asked(verdict)).ended).toBe('failed');
    },
  );

  it('whose assertion failed before a change is unchanged; one whose assertion could not be evaluated has failed', () => {
    const reason = 'the runbook ended Failed: why';
    expect(end('Failed', assertion('The value is DRAINING'))).toEqual({ ended: 'unchanged', reason, changed: [] });
    expect(end('Failed', assertion('An error occurred (ThrottlingException) when calling')).ended).toBe('failed');
    expect(end('Failed', call('UpdateService'), assertion('The value is DRAINING')).ended).toBe('failed');
  });

  it.each(['Failed', 'TimedOut', 'Cancelled', 'CompletedWithFailure', 'Rejected', 'Exited'])(
    'that ended %s has failed, and names the changes it may have left',
    status => {
      const result = end(
        status,
        call('UpdateService', { StepStatus: 'TimedOut' }),
        call('StopTask', { StepStatus: 'Pending' }),
      );
      expect(result).toEqual({
        ended: 'failed',
        reason: `the runbook ended ${status}: why`,
        changed: ['updateservice: ecs UpdateService, which may have taken effect'],
      });
    },
  );

  it.each(['InProgress', 'Waiting', 'Cancelling', 'an unknown status'])('with the status %s is in progress', status => {
    expect(end(status, asked(undefined, { StepStatus: 'InProgress' })).ended).toBe('running');
  });

  it('whose function ran dry changed nothing, however it ended', () => {
    expect(end('Failed', asked(undefined, { StepStatus: 'Failed' }, 'true')).changed).toEqual([]);
    expect(end('Failed', asked(undefined, { StepStatus: 'Failed' })).changed).toHaveLength(1);
    expect(end('Failed', asked(undefined, { StepStatus: 'Pending' })).changed).toEqual([]);
  });
});

describe('the report of a dry run', () => {
  const reported = (...payloads: object[]) =>
    reportOf({ status: 'Success', steps: [call('DescribeServices'), ...payloads.map(payload => asked(payload))] });

  it('has the output of its functions in their order', () => {
    expect(
      reported(done, { ...done, report: ['Would fail over.', 'Drops all.'] }, { ...done, report: ['Then ends.'] }),
    ).toEqual([...['Would fail over.', 'Drops all.', 'Then ends.']]);
  });

  it('is empty when its functions report nothing', () => {
    expect(reported(done, { ...done, report: 'no list' })).toEqual([]);
    expect(reportOf({ status: 'Success', steps: [asked(undefined)] })).toEqual([]);
  });
});
