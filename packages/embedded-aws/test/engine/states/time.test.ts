import { describe, expect, it } from 'vitest';
import { StatesError } from '../../../src/engine/states/state-machine.ts';
import { type Handlers, pass, run, single, task } from './run.ts';

describe('time', () => {
  const wait = (more: object) => ({ Type: 'Wait', End: true, ...more });
  it.each([
    [{ Seconds: 10 }, 10],
    [{ SecondsPath: '$.seconds' }, 7],
    [{ Timestamp: '2026-01-01T00:01:00Z' }, 60],
    [{ TimestampPath: '$.until' }, 30],
    [{ Timestamp: '2025-01-01T00:00:00Z' }, 0],
  ])('%j', (fields, seconds) => {
    const input = { seconds: 7, until: '2026-01-01T01:00:30+01:00' };
    expect(run(single(wait(fields)), input)).toMatchObject({ waited: [seconds], outcome: { output: input } });
  });

  it('fails on a duration that is none', () => {
    expect(run(single(wait({ SecondsPath: '$.s' })), { s: 'soon' }).outcome).toMatchObject({ error: 'States.Runtime' });
  });

  it('passes a task its time-out, the shorter of its own and what the execution has left', () => {
    const timeouts = (definition: object) =>
      run(definition, {}, { A: () => 0 }).effects.flatMap(effect =>
        effect.type === 'task' ? [effect.timeoutSeconds] : [],
      );
    expect(timeouts(single(task()))).toEqual([undefined]);
    expect(timeouts(single(task({ TimeoutSeconds: 5 })))).toEqual([5]);
    expect(timeouts({ ...single(task({ TimeoutSeconds: 50 })), TimeoutSeconds: 20 })).toEqual([20]);
  });

  it('ends an execution that takes too long: in a wait, in a task, between retries', () => {
    const timedOut = { status: 'TIMED_OUT', error: 'States.Timeout' };
    const within = (state: object, handlers: Handlers = {}, seconds = 0) =>
      run({ ...single(state, { B: pass() }), TimeoutSeconds: 60 }, {}, handlers, seconds);
    const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] };
    const broken = () => {
      throw new StatesError('E', 'x');
    };
    const again = { Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 100 }], ...caught };
    expect(within(task(again), { A: broken }, 61)).toMatchObject({ outcome: timedOut, waited: [], path: ['A'] });
    expect(within({ Type: 'Wait', Seconds: 600, Next: 'B' })).toMatchObject({ outcome: timedOut, waited: [60] });
    expect(within({ Type: 'Wait', Seconds: 59, Next: 'B' })).toMatchObject({ outcome: { status: 'SUCCEEDED' } });
    expect(within(task(caught), { A: () => 0 }, 61)).toMatchObject({ outcome: timedOut });
    expect(within(task(caught), { A: broken }, 61)).toMatchObject({ outcome: timedOut });
    expect(
      within(task({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 100 }], ...caught }), { A: broken }),
    ).toMatchObject({ outcome: timedOut, waited: [60] });
  });
});
