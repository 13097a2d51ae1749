import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  assumeRole,
  type Context,
  type Effect,
  execute,
  InvalidParameters,
  load,
  type Outcome,
  pollSeconds,
} from '../../src/engine/automation/automation.ts';
import { Unsupported } from '../../src/unsupported.ts';

type Call = Effect & { type: 'api' | 'lambda' };
type Answer = (call: Call, nth: number) => unknown;
type Ran = { outcome: Outcome; calls: Call[]; slept: number[]; progress: string[]; steps: Record<string, string> };

/** A driver whose calls take `callSeconds` of virtual time. */
function run(
  content: unknown,
  parameters: Record<string, string[]> = {},
  answer: Answer = () => ({}),
  more: Partial<Context> & { callSeconds?: number } = {},
): Ran {
  const { callSeconds = 0, ...others } = more;
  let now = Date.parse('2026-01-02T03:04:05Z');
  const context: Context = {
    executionId: '1a2b3c',
    accountId: '123456789012',
    region: 'eu-west-1',
    now: () => new Date(now),
    ...others,
  };
  const execution = execute(load(content), parameters, context);
  const effects: Effect[] = [];
  const calls: Call[] = [];
  let state = execution.next();
  while (!state.done) {
    const effect = state.value;
    effects.push(effect);
    if (effect.type === 'sleep') now += effect.seconds * 1000;
    if (effect.type === 'step' || effect.type === 'sleep') state = execution.next();
    else {
      calls.push(effect);
      now += callSeconds * 1000;
      let result: { value: unknown } | { error: unknown };
      try {
        result = { value: answer(effect, calls.length) };
      } catch (error) {
        result = { error };
      }
      state = 'error' in result ? execution.throw(result.error) : execution.next(result.value);
    }
  }
  return {
    outcome: state.value,
    calls,
    slept: effects.flatMap(effect => (effect.type === 'sleep' ? [effect.seconds] : [])),
    progress: effects.flatMap(effect => (effect.type === 'step' ? [`${effect.name} ${effect.status}`] : [])),
    steps: Object.fromEntries(state.value.steps.map(({ name, status }) => [name, status])),
  };
}

class ServiceError extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}
const broken = (): never => {
  throw new ServiceError('ThrottlingException', 'Rate exceeded');
};
const guide = 'Please refer to Automation Service Troubleshooting Guide for more diagnosis details.';
const document = (steps: object[], more: object = {}) => ({ schemaVersion: '0.3', mainSteps: steps, ...more });
const call = (name: string, more: object = {}) => ({
  name,
  action: 'aws:executeAwsApi',
  inputs: { Service: 'ecs', Api: 'DescribeServices' },
  ...more,
});
const parametersOf = ({ calls }: Ran) => calls.map(made => ('parameters' in made ? made.parameters : made.payload));

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

describe('properties', () => {
  const assert = (DesiredValues: unknown[], answer: unknown) =>
    run(
      document([
        {
          name: 'a',
          action: 'aws:assertAwsResourceProperty',
          inputs: { Service: 'ecs', Api: 'DescribeServices', PropertySelector: '$.p', DesiredValues },
        },
      ]),
      {},
      () => answer,
    ).outcome;

  it.each<[unknown[], unknown, string]>([
    [['a', 'b'], { p: 'b' }, 'Success'],
    [['a', 'b'], { p: 'c' }, 'Failed'],
    [['a'], {}, 'Failed'],
    [['2'], { p: 2 }, 'Success'],
    [[2], { p: 2 }, 'Success'],
    [['True'], { p: true }, 'Success'],
    [['true'], { p: true }, 'Failed'],
    [[true], { p: true }, 'Success'],
  ])('%j of %j: %s', (desired, answer, status) => expect(assert(desired, answer).status).toBe(status));

  it('says what it found', () => {
    expect(assert(['up'], { p: 'down' }).failureMessage).toContain('The value of $.p is "down", not among ["up"].');
    expect(() => assert(['up'], { p: ['up'] })).toThrow(Unsupported);
  });
});

describe('outputs', () => {
  const response = {
    Reservations: [
      {
        Instances: [
          { ImageId: 'ami-1', Ebs: { VolumeId: 'vol-0', Delete: true }, State: { Code: 16, Name: 'running' } },
        ],
      },
      {
        Instances: [
          { ImageId: 'ami-2', Ebs: { VolumeId: 'vol-1', Delete: true }, State: { Code: 80, Name: 'stopped' } },
        ],
      },
    ],
  };
  const output = (Selector: string, Type?: string) =>
    run(document([call('a', { outputs: [{ Name: 'o', Selector, Type }] })]), {}, () => response).outcome.steps[0];

  it.each([
    ['$.Reservations[0].Instances[0].ImageId', 'String', ['ami-1']],
    ['$.Reservations[0].Instances[0].ImageId', undefined, ['ami-1']],
    ['$.Reservations[0].Instances[0].Ebs.Delete', 'Boolean', ['true']],
    ['$.Reservations[0].Instances[0].State.Code', 'Integer', ['16']],
    ['$.Reservations[0].Instances[0].State.Code', 'String', ['16']],
    ['$.Reservations[0].Instances[0].State.Code', 'StringList', ['16']],
    ['$.Reservations..Ebs..VolumeId', 'StringList', ['vol-0', 'vol-1']],
    ['$.Reservations[0].Instances[0].Ebs', 'StringMap', ['{"VolumeId":"vol-0","Delete":true}']],
    ['$.Reservations..Instances..State', 'MapList', ['{"Code":16,"Name":"running"}', '{"Code":80,"Name":"stopped"}']],
    ['$.Reservations[0]..ImageId', 'String', ['ami-1']],
  ])('%s as %s', (selector, type, expected) =>
    expect(output(selector, type)).toMatchObject({ status: 'Success', outputs: { o: expected } }),
  );

  it.each([
    ['$.Reservations[0].Instances[0].ImageId', 'Integer'],
    ['$.Reservations[0].Instances[0].Ebs', 'String'],
    ['$.Reservations..VolumeId', 'String'],
    ['$.Reservations[0].Instances[0].State.Code', 'Boolean'],
  ])('%s is no %s', (selector, type) => {
    expect(output(selector, type)).toMatchObject({ status: 'Failed', outputs: {} });
    expect(output(selector, type)?.failureMessage).toContain(`which is no ${type}`);
  });

  it('does not fail a step whose Selector finds nothing, but a step that needs the output', () => {
    const outputs = [{ Name: 'gone', Selector: '$.Reservations[5].Id' }];
    const ran = run(
      document(
        [
          call('a', { outputs }),
          call('b', { inputs: { Service: 'ecs', Api: 'DescribeServices', cluster: '{{ a.gone }}' } }),
        ],
        { outputs: ['a.gone'] },
      ),
      {},
      () => response,
    );
    expect(ran.steps).toEqual({ a: 'Success', b: 'Failed' });
    expect(ran.outcome.failureMessage).toContain('Failed to resolve input: a.gone');
    expect(ran.outcome.outputs).toEqual({ 'a.gone': [] });
  });
});

describe('parameters and references', () => {
  const types = {
    text: { type: 'String', allowedPattern: '[a-z]+', default: '' },
    list: { type: 'StringList', default: ['x'], maxItems: 2 },
    count: { type: 'Integer', default: 1, allowedValues: [1, 2, 5] },
    flag: { type: 'Boolean', default: false },
    map: { type: 'StringMap', default: {} },
    maps: { type: 'MapList', default: [] },
    must: { type: 'String', maxChars: 3 },
  };
  const sent = (inputs: object, given: Record<string, string[]> = {}) =>
    parametersOf(
      run(
        document([call('a', { inputs: { Service: 'ecs', Api: 'UpdateService', ...inputs } })], { parameters: types }),
        { must: ['m'], ...given },
      ),
    )[0];

  it('keeps the type of a whole reference, and is text in the midst of text', () => {
    expect(
      sent(
        { a: '{{ list }}', b: '{{count}}', c: '{{ flag }}', d: '{{ map }}', e: '{{ text }}', f: '{{ maps }}' },
        {
          list: ['p', 'q'],
          count: ['5'],
          flag: ['true'],
          map: ['{"k":[1]}'],
          text: ['abc'],
          maps: ['{"a":1}', '{"b":2}'],
        },
      ),
    ).toEqual({ a: ['p', 'q'], b: 5, c: true, d: { k: [1] }, e: 'abc', f: [{ a: 1 }, { b: 2 }] });
    expect(sent({ a: '{{ must }}-{{count}} {{flag}} {{ list }}' })).toEqual({ a: 'm-1 false ["x"]' });
  });

  it('lays a list open inside a list', () => {
    expect(sent({ ids: ['first', '{{ list }}'] }, { list: ['p', 'q'] })).toEqual({ ids: ['first', 'p', 'q'] });
  });

  it('knows the variables of the service', () => {
    expect(
      sent({
        a: '{{ global:DATE }}',
        b: '{{global:DATE_TIME}}',
        c: '{{ global:REGION }}',
        d: '{{ global:ACCOUNT_ID }}',
        e: 'arn:{{ global:AWS_PARTITION }}:x',
        f: '{{ automation:EXECUTION_ID }}',
      }),
    ).toEqual({
      a: '2026-01-02',
      b: '2026-01-02_03.04.05',
      c: 'eu-west-1',
      d: '123456789012',
      e: 'arn:aws:x',
      f: '1a2b3c',
    });
  });

  it.each<[string, Record<string, string[]>]>([
    ['is required', { must: [] }],
    ['is not defined', { other: ['x'] }],
    ['does not match', { text: ['abc1'] }],
    ['is not among', { count: ['3'] }],
    ['is not a Integer', { count: ['many'] }],
    ['is not a Boolean', { flag: ['yes'] }],
    ['is not a String', { text: ['a', 'b'] }],
    ['is not a StringMap', { map: ['[1]'] }],
    ['is not a StringMap', { map: ['{'] }],
    ['has 3 items', { list: ['a', 'b', 'c'] }],
    ['has 4 characters', { must: ['long'] }],
  ])('starts nothing when a parameter %s: %j', (why, given) => {
    const { must, ...others } = { must: ['m'], ...given };
    const wrong = why === 'is required' ? others : { must, ...others };
    const begin = () =>
      execute(load(document([call('a')], { parameters: types })), wrong, {
        executionId: 'x',
        accountId: '1',
        region: 'r',
        now: () => new Date(0),
      });
    expect(begin).toThrow(InvalidParameters);
    expect(begin).toThrow(why.replace(' a Integer', ' a Integer'));
    expect(new InvalidParameters('').name).toBe('InvalidAutomationExecutionParametersException');
  });

  it('fails a step that refers to a step which did not run', () => {
    const outputs = [{ Name: 'o', Selector: '$.o' }];
    const ran = run(
      document([
        call('a', { outputs, onFailure: 'Continue' }),
        call('b', { inputs: { Service: 'ecs', Api: 'X', v: '{{ a.o }}' } }),
      ]),
      {},
      (_, nth) => (nth === 1 ? broken() : {}),
    );
    expect(ran.outcome).toMatchObject({ status: 'Failed' });
    expect(ran.outcome.failureMessage).toContain('Failed to resolve input: a.o');
  });
});

describe('aws:branch', () => {
  const parameters = {
    s: { type: 'String', default: 'Linux' },
    n: { type: 'Integer', default: 5 },
    b: { type: 'Boolean', default: true },
    other: { type: 'String', default: 'Linux' },
  };
  const branch = (choice: object, more: object = {}, inputs: object = {}) =>
    run(
      document(
        [
          {
            name: 'choose',
            action: 'aws:branch',
            inputs: { Choices: [{ NextStep: 'chosen', ...choice }], ...inputs },
            ...more,
          },
          call('following', { isEnd: true }),
          call('chosen', { isEnd: true }),
          call('fallback'),
        ],
        { parameters },
      ),
    ).steps;
  const s = (operation: object) => ({ Variable: '{{ s }}', ...operation });
  const n = (operation: object) => ({ Variable: '{{n}}', ...operation });

  it.each<[object, boolean]>([
    [s({ StringEquals: 'Linux' }), true],
    [s({ StringEquals: 'linux' }), false],
    [s({ EqualsIgnoreCase: 'linux' }), true],
    [s({ StartsWith: 'Lin' }), true],
    [s({ EndsWith: 'nux' }), true],
    [s({ Contains: 'inu' }), true],
    [s({ Contains: 'win' }), false],
    [s({ StringEquals: '{{ other }}' }), true],
    [n({ NumericEquals: 5 }), true],
    [n({ NumericGreater: 5 }), false],
    [n({ NumericLesser: 6 }), true],
    [n({ NumericGreaterOrEquals: 5 }), true],
    [n({ NumericLesserOrEquals: 4 }), false],
    [{ Variable: '{{ b }}', BooleanEquals: true }, true],
    [{ Not: s({ StringEquals: 'Linux' }) }, false],
    [{ And: [s({ StringEquals: 'Linux' }), n({ NumericEquals: 5 })] }, true],
    [{ And: [s({ StringEquals: 'Linux' }), n({ NumericEquals: 6 })] }, false],
    [{ Or: [s({ StringEquals: 'x' }), { Not: n({ NumericEquals: 6 }) }] }, true],
    [{ Or: [s({ StringEquals: 'x' }), n({ NumericEquals: 6 })] }, false],
  ])('%j: %s', (choice, expected) => {
    expect(branch(choice)).toMatchObject(
      expected
        ? { choose: 'Success', chosen: 'Success', following: 'Pending' }
        : { following: 'Success', chosen: 'Pending' },
    );
  });

  it('goes to the default, or on, or ends when nothing matches', () => {
    const never = s({ StringEquals: 'x' });
    expect(branch(never, {}, { Default: 'fallback' })).toMatchObject({ fallback: 'Success', following: 'Pending' });
    expect(branch(never, { nextStep: 'fallback' })).toMatchObject({ fallback: 'Success', following: 'Pending' });
    expect(branch(never, { isEnd: true })).toMatchObject({
      choose: 'Success',
      following: 'Pending',
      fallback: 'Pending',
    });
  });

  it('finds nothing true of an output that was not there, as the user guide has it with the platform of a Linux instance', () => {
    const steps = (choice: object) => [
      call('describe', {
        outputs: [{ Name: 'Platform', Selector: '$.Reservations[0].Instances[0].Platform', Type: 'String' }],
      }),
      {
        name: 'choose',
        action: 'aws:branch',
        inputs: { Choices: [{ NextStep: 'windows', ...choice }], Default: 'linux' },
      },
      call('windows', { isEnd: true }),
      call('linux'),
    ];
    const platform = { Variable: '{{ describe.Platform }}', StringEquals: 'windows' };
    const there = (value?: string) => () => ({
      Reservations: [{ Instances: [value === undefined ? {} : { Platform: value }] }],
    });
    expect(run(document(steps(platform)), {}, there()).steps).toMatchObject({ linux: 'Success', windows: 'Pending' });
    expect(run(document(steps(platform)), {}, there('windows')).steps).toMatchObject({
      linux: 'Pending',
      windows: 'Success',
    });
    expect(run(document(steps({ Not: platform })), {}, there()).steps).toMatchObject({ windows: 'Success' });
  });
});

describe('aws:invokeLambdaFunction', () => {
  const f = (inputs: object = {}, more: object = {}) => ({
    name: 'f',
    action: 'aws:invokeLambdaFunction',
    inputs: { FunctionName: 'fix-{{ automation:EXECUTION_ID }}', ...inputs },
    ...more,
  });
  const parameters = { id: { type: 'String', default: 'i-1' }, count: { type: 'Integer', default: 2 } };
  const ok = { StatusCode: 200, Payload: '{"fixed":3,"name":"x"}' };

  it('sends InputPayload, or Payload as JSON, or nothing', () => {
    const payload = (inputs: object) => run(document([f(inputs)], { parameters }), {}, () => ok).calls[0];
    expect(payload({ InputPayload: { id: '{{ id }}', n: '{{ count }}' }, Payload: '{}' })).toEqual({
      type: 'lambda',
      step: 'f',
      functionName: 'fix-1a2b3c',
      payload: { id: 'i-1', n: 2 },
      timeoutSeconds: 300,
    });
    expect(payload({ Payload: '{"id": "{{ id }}"}', Qualifier: 'live' })).toMatchObject({
      payload: { id: 'i-1' },
      qualifier: 'live',
    });
    expect(payload({})).toMatchObject({ payload: {} });
    expect(run(document([f({ Payload: '{{ id }}' })], { parameters })).outcome).toMatchObject({ status: 'Failed' });
  });

  it('has the documented outputs, and those selected from them', () => {
    const own = [{ Name: 'fixed', Selector: '$.Payload.fixed', Type: 'Integer' }];
    const ran = run(
      document(
        [
          f({}, { outputs: own }),
          call('next', { inputs: { Service: 'ecs', Api: 'X', n: '{{ f.fixed }}', p: '{{ f.Payload }}' } }),
        ],
        { outputs: ['f.Payload', 'f.FunctionError'] },
      ),
      {},
      made => (made.type === 'lambda' ? ok : {}),
    );
    expect(ran.outcome).toMatchObject({
      status: 'Success',
      outputs: { 'f.Payload': ['{"fixed":3,"name":"x"}'], 'f.FunctionError': [] },
    });
    expect(ran.outcome.steps[0]?.outputs).toEqual({
      StatusCode: ['200'],
      Payload: ['{"fixed":3,"name":"x"}'],
      fixed: ['3'],
    });
    expect(parametersOf(ran)[1]).toEqual({ n: 3, p: '{"fixed":3,"name":"x"}' });
    expect(
      run(document([f()]), {}, () => ({ StatusCode: 200, Payload: '"vol-1"' })).outcome.steps[0]?.outputs,
    ).toMatchObject({ Payload: ['vol-1'] });
  });

  it('fails on an error of the function; or, told so, has it as an output', () => {
    const error = () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: '{"errorMessage":"no"}' });
    const strict = run(document([f()], { outputs: ['f.FunctionError'] }), {}, error);
    expect(strict.outcome).toMatchObject({
      status: 'Failed',
      outputs: { 'f.FunctionError': ['No output available yet because the step is not successfully executed'] },
    });
    expect(strict.outcome.failureMessage).toContain('Unhandled: {"errorMessage":"no"}');
    expect(run(document([f({}, { maxAttempts: 3 })]), {}, error).calls).toHaveLength(3);
    const lenient = run(document([f()], { outputs: ['f.FunctionError', 'f.Payload'] }), {}, error, {
      functionErrorFailsStep: false,
    });
    expect(lenient.outcome).toMatchObject({
      status: 'Success',
      outputs: { 'f.FunctionError': ['Unhandled'], 'f.Payload': ['{"errorMessage":"no"}'] },
    });
  });

  it('fails when it cannot be invoked, and refuses an answer that Lambda does not give', () => {
    expect(run(document([f()]), {}, broken).outcome.failureMessage).toContain(
      '(ThrottlingException) when calling the Invoke operation: Rate exceeded.',
    );
    expect(() => run(document([f()]), {}, () => ({ fixed: 3 }))).toThrow(Unsupported);
  });
});

describe('aws:loop', () => {
  const look = {
    ...{ name: 'look', action: 'aws:invokeLambdaFunction', inputs: { FunctionName: 'f' } },
    outputs: [{ Name: 'Waiting', Selector: '$.Payload.waiting', Type: 'String' }],
  };
  const loop = (more: object = {}) => ({
    name: 'wait',
    action: 'aws:loop',
    inputs: {
      Steps: [{ name: 'pause', action: 'aws:sleep', inputs: { Duration: 'PT30S' } }, look],
      LoopCondition: { Variable: '{{ look.Waiting }}', StringEquals: 'true' },
      MaxIterations: 4,
      ...more,
    },
  });
  const waits =
    (times: number): Answer =>
    (_, nth) => ({ StatusCode: 200, Payload: JSON.stringify({ waiting: String(nth <= times) }) });

  it('goes on while its condition holds when its steps have run, and tells each of them', () => {
    const ran = run(document([loop()]), {}, waits(2));
    expect([ran.outcome.status, ran.calls.length, ran.slept]).toEqual(['Success', 3, [30, 30, 30]]);
    expect(ran.progress.slice(0, 5)).toEqual([
      ...['wait InProgress', 'pause InProgress', 'pause Success', 'look InProgress', 'look Success'],
    ]);
  });

  it('ends with MaxIterations, and is no failure then', () => {
    const ran = run(document([loop(), call('after')]), {}, waits(99));
    expect([ran.outcome.status, ran.calls.length]).toEqual(['Success', 5]);
  });

  it('fails with a step of it', () => {
    const ran = run(document([loop(), call('after')]), {}, broken);
    expect(ran.outcome.status).toBe('Failed');
    expect(ran.steps).toMatchObject({ wait: 'Failed', look: 'Failed', after: 'Pending' });
  });

  it.each<[string, object[]]>([
    ['a list to iterate over', [loop({ Iterators: ['a'] })]],
    ['more iterations than AWS makes', [loop({ MaxIterations: 101 })]],
    ['no condition', [loop({ LoopCondition: undefined })]],
    ['no steps', [loop({ Steps: [] })]],
    ['a loop within', [loop({ Steps: [loop()] })]],
    ['a way out of it', [loop({ Steps: [{ ...look, isEnd: true }] })]],
    ['a name that is taken', [loop(), call('look')]],
    [
      'an output of it outside, which no document promises',
      [loop(), call('x', { inputs: { Service: 'ecs', Api: 'DescribeServices', cluster: '{{ look.Waiting }}' } })],
    ],
  ])('is refused with %s', (_, steps) => {
    expect(() => load(document(steps))).toThrow(Unsupported);
  });
});

describe('a Selector that finds nothing', () => {
  const seen = (missingOutput: Context['missingOutput']) => {
    const outputs = [{ Name: 'Arn', Selector: '$.nothing', Type: 'String' }];
    return run(document([call('a', { outputs })], { outputs: ['a.Arn'] }), {}, () => ({}), { missingOutput }).outcome;
  };

  it('may be left out, be there as it is written, or fail its step', () => {
    expect(seen('left out')).toMatchObject({ status: 'Success', outputs: { 'a.Arn': [] } });
    expect(seen('the selector')).toMatchObject({ status: 'Success', outputs: { 'a.Arn': ['$.nothing'] } });
    expect(seen('failed step').status).toBe('Failed');
  });
});

describe('refusals at load', () => {
  const wait = (inputs: object) =>
    document([
      {
        name: 'w',
        action: 'aws:waitForAwsResourceProperty',
        inputs: { Service: 'ecs', Api: 'X', PropertySelector: '$.a', DesiredValues: ['b'], ...inputs },
      },
    ]);
  const lambda = (inputs: object) =>
    document([{ name: 'f', action: 'aws:invokeLambdaFunction', inputs: { FunctionName: 'f', ...inputs } }]);
  const sleep = (inputs: object) => document([{ name: 's', action: 'aws:sleep', inputs }]);
  const branch = (choice: object, more: object = {}) =>
    document(
      [{ name: 'c', action: 'aws:branch', inputs: { Choices: [{ NextStep: 'd', ...choice }], ...more } }, call('d')],
      { parameters: { s: { type: 'String' }, n: { type: 'Integer' } } },
    );

  it.each<[string, unknown, string]>([
    ['another schema', { ...document([call('a')]), schemaVersion: '2.2' }, 'schemaVersion'],
    ['no steps', document([]), 'no steps'],
    ['an unknown part', document([call('a')], { files: {} }), 'the field files'],
    ['variables', document([call('a')], { variables: {} }), 'the field variables'],
    ['an unknown action', document([{ name: 'a', action: 'aws:approve', inputs: {} }]), 'the action aws:approve'],
    ['onCancel', document([call('a', { onCancel: 'Abort' })]), 'the field onCancel'],
    ['a misspelt property', document([call('a', { onFailre: 'Abort' })]), 'onFailre'],
    ['onFailure of something else', document([call('a', { onFailure: 'Retry' })]), 'a.onFailure'],
    ['a failure into nowhere', document([call('a', { onFailure: 'step:z' })]), 'there is no step "z"'],
    ['a next step that is not there', document([call('a', { nextStep: 'z' })]), 'there is no step "z"'],
    ['a loop', document([call('a'), call('b', { onFailure: 'step:a' })]), 'a loop: a -> b -> a'],
    ['two steps of a name', document([call('a'), call('a')]), 'the same name twice'],
    ['a name with a hyphen', document([call('a-b')]), 'a-b.name'],
    [
      'a reference to nothing',
      document([call('a', { inputs: { Service: 'x', Api: 'X', v: '{{ nope }}' } })]),
      '"nope"',
    ],
    [
      'an output that is not declared',
      document([call('a'), call('b', { inputs: { Service: 'x', Api: 'X', v: '{{ a.o }}' } })]),
      '"a.o"',
    ],
    [
      'a parameter of Parameter Store',
      document([call('a')], { parameters: { p: { type: 'String', default: '{{ssm:/x}}' } } }),
      'parameters.p.default',
    ],
    [
      'a broken reference',
      document([call('a', { inputs: { Service: 'x', Api: 'X', v: '{{ {{ p }} }}' } })], {
        parameters: { p: { type: 'String' } },
      }),
      'the reference in',
    ],
    ['a role that is no parameter', document([call('a')], { assumeRole: '{{ role }}' }), 'document.assumeRole'],
    ['a document output of nothing', document([call('a')], { outputs: ['a.o'] }), 'document.outputs'],
    ['an unknown type', document([call('a')], { parameters: { p: { type: 'Number' } } }), 'parameters.p.type'],
    [
      'a default of another type',
      document([call('a')], { parameters: { p: { type: 'Integer', default: 'x' } } }),
      'parameters.p.default',
    ],
    [
      'a pattern that is none',
      document([call('a')], { parameters: { p: { type: 'String', allowedPattern: '(' } } }),
      'allowedPattern',
    ],
    [
      'a Selector with a filter',
      document([call('a', { outputs: [{ Name: 'o', Selector: '$.x[?(@.a)]' }] })]),
      'a.outputs[0].Selector',
    ],
    [
      'outputs of a sleep',
      document([
        { name: 's', action: 'aws:sleep', inputs: { Duration: 'PT1S' }, outputs: [{ Name: 'o', Selector: '$' }] },
      ]),
      'outputs of aws:sleep',
    ],
    [
      'a call without an operation',
      document([{ name: 'a', action: 'aws:executeAwsApi', inputs: { Service: 'ecs' } }]),
      'a.inputs.Api',
    ],
    [
      'an operation of boto',
      document([call('a', { inputs: { Service: 'ecs', Api: 'describe_services' } })]),
      'describe_services',
    ],
    [
      'an operation by reference',
      document([call('a', { inputs: { Service: 'ecs', Api: '{{ global:DATE }}' } })]),
      'a.inputs.Api',
    ],
    ['a property of a list', wait({ PropertySelector: '$..a' }), 'which selects a list'],
    ['no desired values', wait({ DesiredValues: [] }), 'DesiredValues'],
    ['an asynchronous function', lambda({ InvocationType: 'Event' }), 'InvocationType'],
    ['a log tail', lambda({ LogType: 'Tail' }), 'LogType'],
    ['a client context', lambda({ ClientContext: 'x' }), 'ClientContext'],
    ['a duration that is none', sleep({ Duration: '10m' }), 'Duration'],
    ['an empty duration', sleep({ Duration: 'PT' }), 'Duration'],
    ['over seven days', sleep({ Duration: 'P7D' }), 'Duration'],
    [
      'duration and timestamp',
      sleep({ Duration: 'PT1S', Timestamp: '2026-01-01T00:00:00Z' }),
      'either Duration or Timestamp',
    ],
    ['no choices', document([{ name: 'c', action: 'aws:branch', inputs: { Choices: [] } }]), 'no choices'],
    ['an unknown operation', branch({ Variable: '{{ s }}', Matches: 'x' }), 'the operation Matches'],
    [
      'an operation of another type',
      branch({ Variable: '{{ n }}', StringEquals: '5' }),
      'StringEquals of "n", which is a Integer',
    ],
    ['an operand of another type', branch({ Variable: '{{ n }}', NumericEquals: '5' }), 'NumericEquals'],
    ['two operations', branch({ Variable: '{{ s }}', StringEquals: 'a', StartsWith: 'a' }), 'one operation'],
    ['a variable that is no reference', branch({ Variable: 's', StringEquals: 's' }), 'Variable'],
    [
      'a default that is not there',
      branch({ Variable: '{{ s }}', StringEquals: 's' }, { Default: 'z' }),
      'there is no step "z"',
    ],
  ])('%s', (_, content, message) => {
    expect(() => load(content)).toThrow(Unsupported);
    expect(() => load(content)).toThrow(message);
  });
});
