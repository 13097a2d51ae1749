import { StateMachine as Independent, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect } from 'vitest';
import type { Json } from '../../../src/engine/json-path.ts';
import {
  type Context,
  type Effect,
  execute,
  load,
  type Outcome,
  StatesError,
} from '../../../src/engine/states/state-machine.ts';

type Handler = (parameters: Json, effect: Effect & { type: 'task' }) => unknown;
export type Handlers = Record<string, Handler>;
type Ran = { outcome: Outcome; effects: Effect[]; waited: number[]; path: string[] };

export const begin = Date.parse('2026-01-01T00:00:00Z');

/** A driver whose tasks take `taskSeconds` of virtual time. */
export function run(definition: unknown, input: Json, handlers: Handlers = {}, taskSeconds = 0): Ran {
  let now = begin;
  const context: Context = {
    executionId: 'arn:aws:states:us-east-1:123456789012:execution:response:run-1',
    executionName: 'run-1',
    startTime: new Date(begin).toISOString(),
    stateMachineId: 'arn:aws:states:us-east-1:123456789012:stateMachine:response',
    now: () => new Date(now).toISOString(),
  };
  const execution = execute(load(definition), input, context);
  const effects: Effect[] = [];
  let step = execution.next();
  while (!step.done) {
    const effect = step.value;
    effects.push(effect);
    if (effect.type === 'wait') now += effect.seconds * 1000;
    if (effect.type !== 'task') step = execution.next();
    else {
      const handler = handlers[effect.state];
      if (!handler) throw new Error(`no handler for ${effect.state}`);
      now += taskSeconds * 1000;
      let answer: { output: unknown } | { error: unknown };
      try {
        answer = { output: handler(effect.parameters, effect) };
      } catch (error) {
        answer = { error };
      }
      step = 'error' in answer ? execution.throw(answer.error) : execution.next(answer.output);
    }
  }
  return {
    outcome: step.value,
    effects,
    waited: effects.flatMap(effect => (effect.type === 'wait' ? [effect.seconds] : [])),
    path: effects.flatMap(effect => (effect.type === 'state' ? [effect.name] : [])),
  };
}

/** Executes the definition by the npm package aws-local-stepfunctions. */
async function independent(
  definition: unknown,
  input: Json,
  handlers: Handlers,
  context: Record<string, unknown>,
): Promise<Json> {
  const machine = new Independent(definition as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const states = Object.entries((definition as { States: Record<string, { Type: string; Retry?: unknown[] }> }).States);
  return (await machine.run(
    input as never,
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          Object.entries(handlers).map(([name, handler]) => [
            name,
            (parameters: Json) => {
              try {
                return handler(parameters, { type: 'task', state: name, resource: '', parameters }) as never;
              } catch (error) {
                if (!(error instanceof StatesError)) throw error;
                throw Object.assign(new Error(error.cause), { name: error.error });
              }
            },
          ]),
        ),
        waitTimeOverrides: Object.fromEntries(
          states.filter(([, { Type }]) => Type === 'Wait').map(([name]) => [name, 0]),
        ),
        retryIntervalOverrides: Object.fromEntries(states.filter(([, { Retry }]) => Retry).map(([name]) => [name, 0])),
      },
      context,
    } as never,
  ).result) as Json;
}

export async function agrees(definition: unknown, input: Json, handlers: Handlers = {}): Promise<Json> {
  const { outcome } = run(definition, input, handlers);
  const context = {
    Execution: { Id: 'x', Input: input, Name: 'run-1', StartTime: '2026-01-01T00:00:00.000Z' },
    StateMachine: { Name: 'response' },
  };
  const other = await independent(definition, input, handlers, context).then(
    output => ({ status: 'SUCCEEDED', output }),
    (error: Error & { cause?: Error }) => ({ status: 'FAILED', error: error.cause?.name ?? error.name }),
  );
  if (outcome.status === 'SUCCEEDED') expect(other).toEqual(outcome);
  else expect({ status: other.status }).toEqual({ status: 'FAILED' });
  return outcome.status === 'SUCCEEDED' ? outcome.output : { failed: outcome.error };
}

export const single = (state: object, more: object = {}) => ({ StartAt: 'A', States: { A: state, ...more } });
export const invoke = 'arn:aws:states:::lambda:invoke';
export const task = (more: object = {}) => ({ Type: 'Task', Resource: invoke, End: true, ...more });
export const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });

export const choose = (...choices: object[]) => ({
  StartAt: 'A',
  States: {
    A: { Type: 'Choice', Choices: choices.map((choice, i) => ({ ...choice, Next: `to${i}` })), Default: 'none' },
    none: pass({ Result: 'none' }),
    ...Object.fromEntries(choices.map((_, i) => [`to${i}`, pass({ Result: `to${i}` })])),
  },
});
