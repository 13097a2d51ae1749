import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assumeRole, load, pollSeconds } from '../../../src/engine/automation/automation.ts';
import { Unsupported } from '../../../src/unsupported.ts';
import { type Answer, broken, call, document, parametersOf, run } from './run.ts';

const guide = 'Please refer to Automation Service Troubleshooting Guide for more diagnosis details.';

describe('a runbook like the one the user guide explains outputs with', () => {
  const launch = parse(`
    schemaVersion: '0.3'
    assumeRole: "{{ AutomationAssumeRole }}"
    parameters:
      AutomationAssumeRole: { type: String, default: '' }
      ImageName: { type: String, default: "Windows_Server-2022*" }
    mainSteps:
      - name: getImageId
        action: aws:executeAwsApi
        inputs: { Service: ec2, Api: DescribeImages, Filters: [{ Name: name, Values: ["{{ ImageName }}"] }] }
        outputs: [{ Name: ImageId, Selector: "$.Images[0].ImageId", Type: String }]
      - name: launch
        action: aws:executeAwsApi
        inputs: { Service: ec2, Api: RunInstances, ImageId: "{{ getImageId.ImageId }}", MaxCount: 1 }
        outputs: [{ Name: InstanceId, Selector: "$.Instances[0].InstanceId", Type: String }]
      - name: waitUntilRunning
        action: aws:waitForAwsResourceProperty
        timeoutSeconds: 60
        inputs: &status { Service: ec2, Api: DescribeInstanceStatus, InstanceIds: ["{{ launch.InstanceId }}"], PropertySelector: "$.InstanceStatuses[0].InstanceState.Name", DesiredValues: [running] }
      - name: assertRunning
        action: aws:assertAwsResourceProperty
        inputs: *status
    outputs: ["launch.InstanceId"]
  `);
  const service =
    (runningAt: number): Answer =>
    (made, nth) => {
      if (made.type === 'lambda') return {};
      if (made.api === 'DescribeImages') return { Images: [{ ImageId: 'ami-1' }] };
      if (made.api === 'RunInstances') return { Instances: [{ InstanceId: 'i-1' }] };
      return { InstanceStatuses: nth >= runningAt ? [{ InstanceState: { Name: 'running' } }] : [] };
    };

  it('passes outputs on, polls until the property is there, and reports what GetAutomationExecution reports', () => {
    const ran = run(launch, { ImageName: ['al2023*'] }, service(5));
    expect(ran.outcome).toEqual({
      status: 'Success',
      outputs: { 'launch.InstanceId': ['i-1'] },
      steps: [
        { name: 'getImageId', action: 'aws:executeAwsApi', status: 'Success', outputs: { ImageId: ['ami-1'] } },
        { name: 'launch', action: 'aws:executeAwsApi', status: 'Success', outputs: { InstanceId: ['i-1'] } },
        { name: 'waitUntilRunning', action: 'aws:waitForAwsResourceProperty', status: 'Success', outputs: {} },
        { name: 'assertRunning', action: 'aws:assertAwsResourceProperty', status: 'Success', outputs: {} },
      ],
    });
    expect(ran.slept).toEqual([pollSeconds, pollSeconds]);
    expect(ran.calls[0]).toEqual({
      type: 'api',
      step: 'getImageId',
      service: 'ec2',
      api: 'DescribeImages',
      parameters: { Filters: [{ Name: 'name', Values: ['al2023*'] }] },
      timeoutSeconds: 25,
    });
    expect(parametersOf(ran)[1]).toEqual({ ImageId: 'ami-1', MaxCount: 1 });
    expect(ran.progress.slice(0, 3)).toEqual(['getImageId InProgress', 'getImageId Success', 'launch InProgress']);
  });

  it('times out when the property never comes; the rest stays pending', () => {
    const ran = run(launch, {}, service(99));
    expect(ran.outcome).toMatchObject({
      status: 'TimedOut',
      failureMessage: `Step timed out while step is Execute/Cancelling action. ${guide}`,
      outputs: { 'launch.InstanceId': ['i-1'] },
    });
    expect(ran.steps).toMatchObject({ launch: 'Success', waitUntilRunning: 'TimedOut', assertRunning: 'Pending' });
    expect(ran.slept).toEqual([10, 10, 10, 10, 10, 10]);
  });

  it('names the role only when it is given one', () => {
    expect(assumeRole(load(launch), {})).toBeUndefined();
    expect(assumeRole(load(launch), { AutomationAssumeRole: ['arn:aws:iam::123456789012:role/x'] })).toBe(
      'arn:aws:iam::123456789012:role/x',
    );
    expect(assumeRole(load(document([call('a')])), {})).toBeUndefined();
  });
});

describe('when a call fails', () => {
  const message = `Step fails when it is Execute/Cancelling action. An error occurred (ThrottlingException) when calling the DescribeServices operation: Rate exceeded. ${guide}`;
  const after = (more: object, answer: Answer = (_, nth) => (nth === 1 ? broken() : {})) =>
    run(document([call('first', more), call('second'), call('third')], { outputs: [] }), {}, answer);

  it('stops by default, and says why', () => {
    for (const more of [{}, { onFailure: 'Abort' }]) {
      const ran = after(more);
      expect(ran.outcome).toMatchObject({ status: 'Failed', failureMessage: message });
      expect(ran.outcome.steps[0]).toEqual({
        name: 'first',
        action: 'aws:executeAwsApi',
        status: 'Failed',
        failureMessage: message,
        outputs: {},
      });
      expect(ran.steps).toEqual({ first: 'Failed', second: 'Pending', third: 'Pending' });
    }
  });

  it('stops at a step that is not critical as well, which is no failure of the whole', () => {
    expect(after({ isCritical: false })).toMatchObject({
      outcome: { status: 'Success' },
      steps: { first: 'Failed', second: 'Pending' },
    });
  });

  it('goes on with Continue, and that is no failure of the whole', () => {
    const ran = after({ onFailure: 'Continue' });
    expect(ran.outcome.status).toBe('Success');
    expect(ran.outcome).not.toHaveProperty('failureMessage');
    expect(ran.steps).toEqual({ first: 'Failed', second: 'Success', third: 'Success' });
  });

  it('unless the step is marked critical', () => {
    expect(after({ onFailure: 'Continue', isCritical: true })).toMatchObject({
      outcome: { status: 'Failed', failureMessage: message },
      steps: { third: 'Success' },
    });
  });

  it('goes to another step, and is a failure of the whole unless the step is marked not critical', () => {
    const ran = after({ onFailure: 'step:third' });
    expect(ran.steps).toEqual({ first: 'Failed', second: 'Pending', third: 'Success' });
    expect(ran.outcome.status).toBe('Failed');
    expect(after({ onFailure: 'step:third', isCritical: false }).outcome.status).toBe('Success');
  });

  it('stops at isEnd, whether the step fails or not', () => {
    const end = { isEnd: true, onFailure: 'step:third' };
    expect(after(end)).toMatchObject({ outcome: { status: 'Failed' }, steps: { third: 'Pending' } });
    expect(after(end, () => ({}))).toMatchObject({ outcome: { status: 'Success' }, steps: { second: 'Pending' } });
  });

  it('takes nextStep on success', () => {
    expect(after({ nextStep: 'third' }, () => ({})).steps).toEqual({
      first: 'Success',
      second: 'Pending',
      third: 'Success',
    });
  });

  it('tries as often as maxAttempts says', () => {
    expect(after({ maxAttempts: 3 }, (_, nth) => (nth < 3 ? broken() : {}))).toMatchObject({
      outcome: { status: 'Success' },
      steps: { first: 'Success' },
    });
    expect(after({ maxAttempts: 2 }, (_, nth) => (nth < 3 ? broken() : {}))).toMatchObject({
      outcome: { status: 'Failed' },
    });
    expect(after({ maxAttempts: 3 }, (_, nth) => (nth < 3 ? broken() : {})).progress.slice(0, 2)).toEqual([
      'first InProgress',
      'first Success',
    ]);
  });

  it('lets a mistake of the driver through', () => {
    for (const mistake of [new TypeError('mistake'), new Unsupported('ecs', 'mistake')])
      expect(() =>
        after({ onFailure: 'Continue' }, () => {
          throw mistake;
        }),
      ).toThrow(mistake);
  });

  it('reports outputs of a step that did not succeed as the service does', () => {
    const outputs = [{ Name: 'arn', Selector: '$.arn', Type: 'String' }];
    const ran = run(document([call('a', { outputs })], { outputs: ['a.arn'] }), {}, broken);
    expect(ran.outcome.outputs).toEqual({
      'a.arn': ['No output available yet because the step is not successfully executed'],
    });
  });
});

describe('time-outs', () => {
  const asking = (more: object = {}) => ({
    name: 'ask',
    action: 'aws:waitForAwsResourceProperty',
    inputs: { Service: 'ecs', Api: 'DescribeServices', PropertySelector: '$.state', DesiredValues: ['up'] },
    ...more,
  });

  it('waits an hour when nothing is said', () => {
    const { slept, outcome } = run(document([asking()]));
    expect(slept.reduce((a, b) => a + b)).toBe(3600);
    expect(outcome.status).toBe('TimedOut');
  });

  it('goes to another step, the whole unharmed when not critical, as in the user guide', () => {
    const ran = run(
      document([
        asking({ timeoutSeconds: 25, isCritical: false, onFailure: 'step:look', nextStep: 'copy' }),
        call('copy', { isEnd: true }),
        call('look'),
      ]),
    );
    expect(ran.outcome.status).toBe('Success');
    expect(ran.steps).toEqual({ ask: 'TimedOut', copy: 'Pending', look: 'Success' });
    expect(ran.slept).toEqual([10, 10, 5]);
  });

  it('begins anew with each attempt', () => {
    expect(run(document([asking({ timeoutSeconds: 15, maxAttempts: 2 })])).slept).toEqual([10, 5, 10, 5]);
  });

  it('stops waiting when the call itself fails', () => {
    expect(run(document([asking()]), {}, broken)).toMatchObject({ outcome: { status: 'Failed' }, slept: [] });
  });

  it('allows a call 25 seconds, a function 300, and never more', () => {
    const lambda = { name: 'f', action: 'aws:invokeLambdaFunction', inputs: { FunctionName: 'f' } };
    const timeouts = (steps: object[]) =>
      run(document(steps), {}, () => ({ StatusCode: 200 })).calls.map(made => made.timeoutSeconds);
    expect(timeouts([call('a'), call('b', { timeoutSeconds: 5 }), call('c', { timeoutSeconds: 90 })])).toEqual([
      25, 5, 25,
    ]);
    expect(timeouts([lambda])).toEqual([300]);
    expect(run(document([call('a')]), {}, () => ({}), { callSeconds: 26 }).outcome.status).toBe('TimedOut');
    expect(run(document([call('a')]), {}, broken, { callSeconds: 26 }).outcome.status).toBe('TimedOut');
    expect(run(document([call('a')]), {}, () => ({}), { callSeconds: 25 }).outcome.status).toBe('Success');
  });

  it('counts sleeping', () => {
    const sleeping = (inputs: object, more: object = {}) =>
      run(document([{ name: 's', action: 'aws:sleep', inputs, ...more }]));
    expect(sleeping({ Duration: 'PT10M' })).toMatchObject({ slept: [600], outcome: { status: 'Success' } });
    expect(sleeping({ Duration: 'P1DT2H3M4S' }).slept).toEqual([93_784]);
    expect(sleeping({ Duration: 'PT10M' }, { timeoutSeconds: 60 })).toMatchObject({
      slept: [60],
      outcome: { status: 'TimedOut' },
    });
    expect(sleeping({ Timestamp: '2026-01-02T03:05:05Z' }).slept).toEqual([60]);
    expect(sleeping({ Timestamp: '2020-01-01T01:00:00Z' })).toMatchObject({
      slept: [],
      outcome: { status: 'Success' },
    });
  });
});
