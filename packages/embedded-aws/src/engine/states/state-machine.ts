/**
 * The Amazon States Language, JSONPath dialect. An execution is a generator that yields what it wants done: the driver
 * owns time, tasks and the history.
 */

import { jsonBytes, LIMITS } from '../../sizes.ts';
import { Unsupported } from '../../unsupported.ts';
import { asJson, type Json, type JsonObject } from '../json-path.ts';
import { type Context, type Effect, load, type Run, type State, type StateMachine } from './states.ts';
import { StatesError } from './states-error.ts';

export { type Context, type Effect, load, type StateMachine, StatesError };

export type Outcome =
  | { status: 'SUCCEEDED'; output: Json }
  | { status: 'FAILED' | 'TIMED_OUT'; error: string; cause: string };

const DATA = LIMITS['data of a state'];

/** The output of a state, or the answer of a task, is over the limit. */
export const tooLarge = (name: string) =>
  new StatesError(DATA.error, DATA.message(0, DATA.most).replace('state/task', `state/task '${name}'`));

export function* execute(machine: StateMachine, input: unknown, context: Context): Generator<Effect, Outcome, unknown> {
  const start = Date.parse(context.startTime);
  const run: Run = {
    context,
    deadline: machine.timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : start + machine.timeoutSeconds * 1000,
  };
  const execution = {
    Id: context.executionId,
    Input: asJson(input),
    Name: context.executionName,
    StartTime: context.startTime,
  };
  const stateMachine = { Id: context.stateMachineId, Name: context.stateMachineId.split(':').at(-1) ?? '' };
  let data = asJson(input);
  let name: string | undefined = machine.startAt;
  try {
    while (name !== undefined) {
      const state = machine.states.get(name);
      if (!state) throw new Unsupported(name, 'there is no such state');
      yield { type: 'state', name, kind: state.kind };
      const global = {
        Execution: execution,
        StateMachine: stateMachine,
        State: { EnteredTime: context.now(), Name: name, RetryCount: 0 },
      };
      const left: { data: Json; next: string | undefined } = yield* pass(state, name, data, global, run);
      ({ data, next: name } = left);
      if (Date.parse(context.now()) >= run.deadline) throw late();
    }
    return { status: 'SUCCEEDED', output: data };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { status: error instanceof Late ? 'TIMED_OUT' : 'FAILED', error: error.error, cause: error.cause };
  }
}

class Late extends StatesError {}
const late = () => new Late('States.Timeout', 'The execution ran longer than the TimeoutSeconds of its state machine');

/** Through one state, with its retries and catchers. */
function* pass(
  state: State,
  name: string,
  raw: Json,
  global: JsonObject & { State: JsonObject },
  run: Run,
): Generator<Effect, { data: Json; next: string | undefined }, unknown> {
  const retries = state.retry.map(() => 0);
  for (;;) {
    const context = { ...global, State: { ...global.State, RetryCount: retries.reduce((a, b) => a + b, 0) } };
    try {
      const scope = { data: state.input({ data: raw, context }), context };
      const result = 'value' in state.work ? state.work.value(scope) : yield* state.work.effects(scope, run);
      const merged = state.kind === 'Task' || state.kind === 'Pass' ? state.merge(raw, result) : result;
      const data = state.output({ data: merged, context });
      const bytes = jsonBytes(data);
      run.context.measured?.(bytes);
      if (bytes > DATA.most) throw tooLarge(name);
      return { data, next: state.next(scope) };
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      const now = Date.parse(run.context.now());
      if (now >= run.deadline) throw late();
      const index = state.retry.findIndex(({ errors }) => isAmong(errors, error.error));
      const retrier = state.retry[index];
      const used = retries[index] ?? 0;
      if (retrier && used < retrier.attempts) {
        retries[index] = used + 1;
        yield { type: 'wait', seconds: Math.min(retrier.delay(used), (run.deadline - now) / 1000) };
        if (Date.parse(run.context.now()) >= run.deadline) throw late();
        continue;
      }
      const catcher = state.catch.find(({ errors }) => isAmong(errors, error.error));
      if (!catcher) throw error;
      return { data: catcher.merge(raw, { Error: error.error, Cause: error.cause }), next: catcher.next };
    }
  }
}

/** States.ALL matches what can be caught at all, States.TaskFailed the same but for a time-out. */
function isAmong(errors: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (errors.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  return errors.includes('States.ALL') || (errors.includes('States.TaskFailed') && error !== 'States.Timeout');
}
