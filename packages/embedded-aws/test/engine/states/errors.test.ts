import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/engine/json-path.ts';
import { StatesError } from '../../../src/engine/states/state-machine.ts';
import { Unsupported } from '../../../src/unsupported.ts';
import { agrees, type Handlers, pass, run, single, task } from './run.ts';

describe('errors', () => {
  const failing = (...errors: string[]): Handlers => {
    const left = [...errors];
    return {
      A: () => {
        const error = left.shift();
        if (error !== undefined) throw new StatesError(error, 'because');
        return 'done';
      },
    };
  };
  const handled = { B: pass({ Result: 'handled', ResultPath: '$.by' }) };
  const retry = (more: object = {}) => ({ ErrorEquals: ['E'], ...more });

  it('retries with backoff, up to a limit, counting for each retrier alone', () => {
    const state = task({
      Retry: [
        retry({ IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 4, MaxDelaySeconds: 10 }),
        { ErrorEquals: ['F'], MaxAttempts: 1 },
      ],
    });
    const { outcome, waited, path } = run(single(state), {}, failing('E', 'E', 'F', 'E', 'E'));
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: 'done' });
    expect(waited).toEqual([3, 6, 1, 10, 10]);
    expect(path).toEqual(['A']);
  });

  it('has the documented defaults: 1 second, three times, twice as long each time', () => {
    const { outcome, waited } = run(single(task({ Retry: [retry()] })), {}, failing('E', 'E', 'E', 'E'));
    expect(waited).toEqual([1, 2, 4]);
    expect(outcome).toEqual({ status: 'FAILED', error: 'E', cause: 'because' });
  });

  it('tells a task how often its state was retried', () => {
    const seen: Json[] = [];
    const state = task({ Parameters: { 'n.$': '$$.State.RetryCount', 'state.$': '$$.State.Name' }, Retry: [retry()] });
    const { A = () => 0 } = failing('E', 'E');
    run(
      single(state),
      {},
      {
        A: (given, effect) => {
          seen.push(given);
          return A(given, effect);
        },
      },
    );
    expect(seen).toEqual([0, 1, 2].map(n => ({ n, state: 'A' })));
  });

  it.each<[string, string[], string, boolean]>([
    ['its name', ['E'], 'E', true],
    ['another name', ['F'], 'E', false],
    ['one of several', ['F', 'E'], 'E', true],
    ['States.ALL', ['States.ALL'], 'E', true],
    ['States.ALL takes a time-out', ['States.ALL'], 'States.Timeout', true],
    ['States.TaskFailed takes any error', ['States.TaskFailed'], 'E', true],
    ['but no time-out', ['States.TaskFailed'], 'States.Timeout', false],
    ['States.ALL takes no States.Runtime', ['States.ALL'], 'States.Runtime', false],
    ['States.Timeout', ['States.Timeout'], 'States.Timeout', true],
  ])('catches by %s', (_, ErrorEquals, error, caught) => {
    const { outcome } = run(single(task({ Catch: [{ ErrorEquals, Next: 'B' }] }), handled), { id: 1 }, failing(error));
    expect(outcome).toEqual(
      caught
        ? { status: 'SUCCEEDED', output: { Error: error, Cause: 'because', by: 'handled' } }
        : { status: 'FAILED', error, cause: 'because' },
    );
  });

  it('retries before it catches, and keeps the input by ResultPath', async () => {
    const state = task({
      Retry: [retry({ MaxAttempts: 1 })],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', ResultPath: '$.error' }],
    });
    const expected = { id: 1, error: { Error: 'E', Cause: 'because' }, by: 'handled' };
    expect(run(single(state, handled), { id: 1 }, failing('E', 'E'))).toMatchObject({
      outcome: { output: expected },
      waited: [1],
      path: ['A', 'B'],
    });
    expect(run(single(state, handled), { id: 1 }, failing('E')).outcome).toMatchObject({ output: 'done' });
    const always = {
      A: () => {
        throw new StatesError('E', 'because');
      },
    };
    expect(await agrees(single(state, handled), { id: 1 }, always)).toEqual(expected);
  });

  it('catches the failure of its own parameters', () => {
    const state = task({
      Parameters: { 'a.$': '$.nope' },
      Catch: [{ ErrorEquals: ['States.ParameterPathFailure'], Next: 'B' }],
    });
    expect(run(single(state, handled), {}).outcome).toMatchObject({
      status: 'SUCCEEDED',
      output: { Error: 'States.ParameterPathFailure' },
    });
  });

  it('lets a mistake of the driver through', () => {
    const state = task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] });
    expect(() =>
      run(
        single(state, handled),
        {},
        {
          A: () => {
            throw new TypeError('mistake');
          },
        },
      ),
    ).toThrow('mistake');
    expect(() =>
      run(
        single(state, handled),
        {},
        {
          A: () => {
            throw new Unsupported('x', 'y');
          },
        },
      ),
    ).toThrow(Unsupported);
  });

  it('fails as a Fail state says', () => {
    expect(run(single({ Type: 'Fail', Error: 'Broken', Cause: 'It broke' }), {}).outcome).toEqual({
      status: 'FAILED',
      error: 'Broken',
      cause: 'It broke',
    });
    expect(
      run(single({ Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('{}!', $.c)" }), { e: 'E', c: 'C' })
        .outcome,
    ).toEqual({ status: 'FAILED', error: 'E', cause: 'C!' });
    expect(run(single({ Type: 'Fail' }), {}).outcome).toEqual({ status: 'FAILED', error: '', cause: '' });
  });
});
