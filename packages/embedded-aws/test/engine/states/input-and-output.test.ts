import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agrees, begin, type Handlers, pass, run, single, task } from './run.ts';

describe('input and output, as an independent implementation has them', () => {
  const input = {
    comment: 'x',
    data: { val1: 23, val2: 17, list: [1, 2, { deep: true }] },
    extra: 'foo',
    lambda: { who: 'AWS' },
  };

  it.each<[string, object, unknown, Handlers?]>([
    ['a Pass alone', pass(), input],
    ['Result', pass({ Result: { a: 1 } }), { a: 1 }],
    [
      'Result with ResultPath',
      pass({ Result: 5, ResultPath: '$.data.sum' }),
      { ...input, data: { ...input.data, sum: 5 } },
    ],
    [
      'a ResultPath that makes objects',
      pass({ Result: 5, ResultPath: '$.new.deep.value' }),
      { ...input, new: { deep: { value: 5 } } },
    ],
    ['ResultPath null', pass({ Result: 5, ResultPath: null }), input],
    ['InputPath', pass({ InputPath: '$.data.val1' }), 23],
    ['InputPath null', pass({ InputPath: null }), {}],
    [
      'ResultPath merges into the whole input',
      pass({ InputPath: '$.data', ResultPath: '$.copy' }),
      { ...input, copy: input.data },
    ],
    ['OutputPath', pass({ OutputPath: '$.lambda' }), { who: 'AWS' }],
    ['OutputPath null', pass({ OutputPath: null }), {}],
    ['a path in brackets', pass({ InputPath: "$['data']['list'][2].deep" }), true],
    ['every member', pass({ Parameters: { 'all.$': '$.data.list[*]' } }), { all: [1, 2, { deep: true }] }],
    [
      'Parameters',
      pass({ Parameters: { 'a.$': '$.data.val1', b: { 'c.$': '$.extra' }, d: [{ 'e.$': '$.lambda.who' }, 1] } }),
      { a: 23, b: { c: 'foo' }, d: [{ e: 'AWS' }, 1] },
    ],
    [
      'the context object',
      pass({
        Parameters: {
          'name.$': '$$.Execution.Name',
          'input.$': '$$.Execution.Input.extra',
          'machine.$': '$$.StateMachine.Name',
        },
      }),
      { name: 'run-1', input: 'foo', machine: 'response' },
    ],
    [
      'intrinsic functions',
      pass({
        Parameters: {
          'format.$': "States.Format('{} is \\'{}\\' \\{{}\\}', $.extra, 5, $.data.val1)",
          'text.$': 'States.JsonToString($.data.list)',
          'json.$': 'States.StringToJson(\'{"a":[1]}\')',
          'array.$': "States.Array($.extra, 1, null, States.Array('x, (y)'))",
          'length.$': 'States.ArrayLength($.data.list)',
          'sum.$': 'States.MathAdd($.data.val1, -3)',
        },
      }),
      {
        format: "foo is '5' {23}",
        text: '[1,2,{"deep":true}]',
        json: { a: [1] },
        array: ['foo', 1, null, ['x, (y)']],
        length: 3,
        sum: 20,
      },
    ],
    [
      'the documented sum of a task',
      task({ InputPath: '$.data', ResultPath: '$.data.sum' }),
      { ...input, data: { ...input.data, sum: 40 } },
      { A: data => Object(data).val1 + Object(data).val2 },
    ],
    [
      'ResultSelector, ResultPath and OutputPath',
      task({
        Parameters: { 'who.$': '$.lambda.who' },
        ResultSelector: { 'said.$': '$.Payload.text' },
        ResultPath: '$.lambda.result',
        OutputPath: '$.lambda',
      }),
      { who: 'AWS', result: { said: 'Hello AWS' } },
      { A: given => ({ Payload: { text: `Hello ${Object(given).who}` }, StatusCode: 200 }) },
    ],
    ['a path that finds nothing', pass({ InputPath: '$.nope' }), { failed: 'States.Runtime' }],
    [
      'a parameter that finds nothing',
      pass({ Parameters: { 'a.$': '$.nope' } }),
      { failed: 'States.ParameterPathFailure' },
    ],
    [
      'a function that fails',
      pass({ Parameters: { 'a.$': 'States.StringToJson($.extra)' } }),
      { failed: 'States.IntrinsicFailure' },
    ],
  ])('%s', async (_, state, expected, handlers) => {
    expect(await agrees(single(state), input, handlers)).toEqual(expected);
  });

  // The independent implementation takes these for no Result at all.
  it.each([null, 0, false, ''])('has a Result of %j', Result => {
    expect(run(single(pass({ Result, ResultPath: '$.r' })), { a: 1 }).outcome).toEqual({
      status: 'SUCCEEDED',
      output: { a: 1, r: Result },
    });
  });

  it('cannot put a result into a text', () => {
    expect(run(single(pass({ Result: 1, ResultPath: '$.extra.x' })), input).outcome).toMatchObject({
      error: 'States.ResultPathMatchFailure',
    });
  });

  it('makes one JSON value of what a task returns', () => {
    expect(run(single(task()), {}, { A: () => ({ at: new Date(begin), gone: undefined }) }).outcome).toEqual({
      status: 'SUCCEEDED',
      output: { at: '2026-01-01T00:00:00.000Z' },
    });
    expect(run(single(task()), {}, { A: () => undefined }).outcome).toEqual({ status: 'SUCCEEDED', output: null });
  });

  it('ends over 256 KiB, which no States.ALL catches', () => {
    const definition = single(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }), {
      B: { Type: 'Succeed' },
    });
    expect(run(definition, {}, { A: () => 'x'.repeat(262_144) }).outcome).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });
});

describe('any input through Choice, Pass and ResultPath', () => {
  const definition = {
    StartAt: 'Sort',
    States: {
      Sort: {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.n', IsPresent: true },
              { Variable: '$.n', IsNumeric: true },
              { Variable: '$.n', NumericGreaterThan: 0 },
            ],
            Next: 'Positive',
          },
          {
            Or: [
              {
                And: [
                  { Variable: '$.s', IsPresent: true },
                  { Variable: '$.s', IsString: true },
                  { Variable: '$.s', StringMatches: 'a*' },
                ],
              },
              {
                And: [
                  { Variable: '$.n', IsPresent: true },
                  { Variable: '$.n', IsNull: true },
                ],
              },
            ],
            Next: 'Special',
          },
        ],
        Default: 'Rest',
      },
      Positive: { Type: 'Pass', InputPath: '$.n', ResultPath: '$.found.value', Next: 'Mark' },
      Special: { Type: 'Pass', Parameters: { 'all.$': '$', 'text.$': 'States.JsonToString($)' }, Next: 'Mark' },
      Rest: { Type: 'Pass', Result: { kind: 'rest' }, ResultPath: '$.found', OutputPath: '$.found', Next: 'Mark' },
      Mark: { Type: 'Pass', Result: true, ResultPath: '$.marked', End: true },
    },
  };
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom('a', 'abc', 'b', ''),
    fc.boolean(),
    fc.constant(null),
  );
  const nested = fc.oneof(
    value,
    fc.array(value, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('x', 'value'), value),
  );
  const input = fc.dictionary(fc.constantFrom('n', 's', 'found', 'marked', 'other'), nested);

  it('ends as in an independent implementation', async () => {
    await fc.assert(
      fc.asyncProperty(input, async given => {
        // AWS fails where something that is no object stands in the way of a ResultPath; the other replaces it.
        fc.pre(
          given.found === undefined ||
            (typeof given.found === 'object' && given.found !== null && !Array.isArray(given.found)),
        );
        await agrees(definition, given);
      }),
      { numRuns: 150 },
    );
  });
});
