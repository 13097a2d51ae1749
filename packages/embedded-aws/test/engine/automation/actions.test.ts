import { describe, expect, it } from 'vitest';
import { load } from '../../../src/engine/automation/automation.ts';
import {
  BOOLEAN_TEXT,
  END_AFTER_CHOICE,
  FUNCTION_ERROR,
  MISSING_OUTPUT,
  type Positions,
  taking,
  Undocumented,
} from '../../../src/undocumented.ts';
import { Unsupported } from '../../../src/unsupported.ts';
import { type Answer, broken, call, document, parametersOf, run } from './run.ts';

describe('properties', () => {
  const assert = (DesiredValues: unknown[], answer: unknown, positions?: Positions) =>
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
      { undocumented: new Undocumented(positions) },
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

  it('has booleans as True and False, or told so, as true and false', () => {
    const lower = taking(BOOLEAN_TEXT, 'is true');
    expect(assert(['true'], { p: true }, lower).status).toBe('Success');
    expect(assert(['False'], { p: false }, lower).status).toBe('Failed');
    expect(assert(['True', 'true'], { p: true }, lower).status).toBe('Success');
  });

  it('says what it found', () => {
    expect(assert(['up'], { p: 'down' }).failureMessage).toContain('The value of $.p is "down", not among ["up"].');
    expect(() => assert(['up'], { p: ['up'] })).toThrow(Unsupported);
  });
});

describe('aws:branch', () => {
  const parameters = {
    s: { type: 'String', default: 'Linux' },
    n: { type: 'Integer', default: 5 },
    b: { type: 'Boolean', default: true },
    other: { type: 'String', default: 'Linux' },
  };
  const branch = (choice: object, more: object = {}, inputs: object = {}, positions?: Positions) =>
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
      {},
      () => ({}),
      { undocumented: new Undocumented(positions) },
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

  it('that is an end goes where a choice matches, or told so, nowhere', () => {
    const matches = s({ StringEquals: 'Linux' });
    expect(branch(matches, { isEnd: true })).toMatchObject({ chosen: 'Success' });
    expect(branch(matches, { isEnd: true }, {}, taking(END_AFTER_CHOICE, 'ends the runbook'))).toMatchObject({
      ...{ choose: 'Success', chosen: 'Pending', following: 'Pending' },
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
    const ran = (choice: object, value?: string) =>
      run(document(steps(choice)), {}, there(value), {
        undocumented: new Undocumented(taking(MISSING_OUTPUT, 'is left out')),
      }).steps;
    expect(ran(platform)).toMatchObject({ linux: 'Success', windows: 'Pending' });
    expect(ran(platform, 'windows')).toMatchObject({ linux: 'Pending', windows: 'Success' });
    expect(ran({ Not: platform })).toMatchObject({ windows: 'Success' });
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
      undocumented: new Undocumented(taking(FUNCTION_ERROR, 'is an output')),
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
