import { type Context, type Effect, execute, load, type Outcome } from '../../../src/engine/automation/automation.ts';
import { Undocumented } from '../../../src/undocumented.ts';

type Call = Effect & { type: 'api' | 'lambda' };
export type Answer = (call: Call, nth: number) => unknown;
type Ran = { outcome: Outcome; calls: Call[]; slept: number[]; progress: string[]; steps: Record<string, string> };

/** A driver whose calls take `callSeconds` of virtual time. */
export function run(
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
    undocumented: new Undocumented(),
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
export const broken = (): never => {
  throw new ServiceError('ThrottlingException', 'Rate exceeded');
};
export const document = (steps: object[], more: object = {}) => ({ schemaVersion: '0.3', mainSteps: steps, ...more });
export const call = (name: string, more: object = {}) => ({
  name,
  action: 'aws:executeAwsApi',
  inputs: { Service: 'ecs', Api: 'DescribeServices' },
  ...more,
});
export const parametersOf = ({ calls }: Ran) =>
  calls.map(made => ('parameters' in made ? made.parameters : made.payload));
