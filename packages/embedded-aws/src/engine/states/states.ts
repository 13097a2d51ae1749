/** The states of the Amazon States Language, JSONPath dialect: everything a definition says is checked here, at load. */

import { Unsupported } from '../../unsupported.ts';
import { fields, list, number, text } from '../checks.ts';
import { asJson, assign, isObject, type Json, type JsonObject } from '../json-path.ts';
import { choiceRule, instant, type Rule } from './choice-rule.ts';
import {
  dynamic,
  type Expression,
  filterPath,
  resultPath,
  type Scope,
  scopedPath,
  template,
} from './payload-template.ts';
import { StatesError } from './states-error.ts';

export type Effect =
  | { type: 'state'; name: string; kind: Kind }
  | { type: 'task'; state: string; resource: string; parameters: Json; timeoutSeconds?: number }
  | { type: 'wait'; seconds: number };

export type Context = {
  executionId: string;
  executionName: string;
  /** ISO 8601. */
  startTime: string;
  stateMachineId: string;
  /** ISO 8601. */
  now(): string;
  /** Hears of the bytes of what each state hands on. */
  measured?(bytes: number): void;
};

export type Kind = 'Task' | 'Choice' | 'Wait' | 'Pass' | 'Succeed' | 'Fail';
export type StateMachine = { startAt: string; timeoutSeconds: number | undefined; states: ReadonlyMap<string, State> };

/** The work of a state: at once, or with the driver's help. */
type Work = { value: Expression } | { effects: (scope: Scope, run: Run) => Generator<Effect, Json, unknown> };
export type State = {
  kind: Kind;
  input: Expression;
  output: Expression;
  merge: (raw: Json, result: Json) => Json;
  work: Work;
  next: (scope: Scope) => string | undefined;
  targets: readonly string[];
  retry: readonly Retrier[];
  catch: readonly Catcher[];
};
type Retrier = { errors: readonly string[]; attempts: number; delay: (retry: number) => number };
type Catcher = { errors: readonly string[]; next: string; merge: State['merge'] };
/** `deadline` is in milliseconds, Infinity when there is none. */
export type Run = { context: Context; deadline: number };

const filters = ['InputPath', 'OutputPath'];
const durations = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'];
const onward = ['Next', 'End'];
const known: Record<Kind, readonly string[]> = {
  Task: [
    ...filters,
    ...onward,
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'Retry',
    'Catch',
    'TimeoutSeconds',
  ],
  Pass: [...filters, ...onward, 'Result', 'Parameters', 'ResultPath'],
  Wait: [...filters, ...onward, ...durations],
  Choice: [...filters, 'Choices', 'Default'],
  Succeed: filters,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
};

export function load(definition: unknown): StateMachine {
  const top = ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage'];
  const { StartAt, States, TimeoutSeconds } = jsonPathOnly(fields(definition, 'definition', top), 'definition');
  if (!isObject(States)) throw new Unsupported('definition', 'States is not an object');
  const states = new Map(Object.entries(States).map(([name, state]) => [name, loadState(state, name)]));
  const startAt = text(StartAt, 'definition.StartAt');
  const seen = new Set<string>();
  const visit = (name: string, from: string) => {
    const state = states.get(name);
    if (!state) throw new Unsupported(from, `there is no state "${name}"`);
    if (seen.has(name)) return;
    seen.add(name);
    for (const target of state.targets) visit(target, name);
  };
  visit(startAt, 'definition.StartAt');
  for (const name of states.keys()) if (!seen.has(name)) throw new Unsupported(name, 'the state cannot be reached');
  return {
    startAt,
    states,
    timeoutSeconds: TimeoutSeconds === undefined ? undefined : number(TimeoutSeconds, 'definition.TimeoutSeconds', 1),
  };
}

function loadState(value: unknown, name: string): State {
  const kind = isObject(value) ? Object.keys(known).find((key): key is Kind => key === value.Type) : undefined;
  if (!kind) throw new Unsupported(name, `the state type ${isObject(value) ? value.Type : JSON.stringify(value)}`);
  const state = jsonPathOnly(fields(value, name, ['Type', 'Comment', 'QueryLanguage', ...known[kind]]), name);
  const at = (field: string) => `${name}.${field}`;
  const loaded: State = {
    kind,
    input: filterPath(state.InputPath, at('InputPath')),
    output: filterPath(state.OutputPath, at('OutputPath')),
    merge: merging(state.ResultPath, at('ResultPath')),
    work: work(kind, state, name),
    next: () => undefined,
    targets: [],
    retry: list(state.Retry, at('Retry')).map((item, i, all) =>
      retrier(item, `${name}.Retry[${i}]`, i === all.length - 1),
    ),
    catch: list(state.Catch, at('Catch')).map((item, i, all) =>
      catcher(item, `${name}.Catch[${i}]`, i === all.length - 1),
    ),
  };
  const caught = loaded.catch.map(item => item.next);
  if (kind === 'Choice') return choosing(loaded, state, name);
  if (kind === 'Succeed' || kind === 'Fail') return loaded;
  if (state.End === true && state.Next === undefined) return { ...loaded, targets: caught };
  if (state.End !== undefined) throw new Unsupported(name, 'a state has either Next or "End": true');
  const next = text(state.Next, at('Next'));
  return { ...loaded, next: () => next, targets: [next, ...caught] };
}

function choosing(loaded: State, state: JsonObject, name: string): State {
  const choices = list(state.Choices, `${name}.Choices`).map((choice, i): { rule: Rule; next: string } => {
    if (!isObject(choice)) throw new Unsupported(`${name}.Choices[${i}]`, 'a choice is an object');
    const { Next, ...rule } = choice;
    return { rule: choiceRule(rule, `${name}.Choices[${i}]`), next: text(Next, `${name}.Choices[${i}].Next`) };
  });
  if (choices.length === 0) throw new Unsupported(`${name}.Choices`, 'a Choice state without choices');
  const fallback = state.Default === undefined ? undefined : text(state.Default, `${name}.Default`);
  const next = (scope: Scope) => {
    const target = choices.find(({ rule }) => rule(scope))?.next ?? fallback;
    if (target === undefined)
      throw new StatesError('States.NoChoiceMatched', `No choice of the state '${name}' matched and it has no Default`);
    return target;
  };
  return {
    ...loaded,
    next,
    targets: [...choices.map(choice => choice.next), ...(fallback === undefined ? [] : [fallback])],
  };
}

function work(kind: Kind, state: JsonObject, name: string): Work {
  const at = (field: string) => `${name}.${field}`;
  if (kind === 'Task') return task(state, name);
  if (kind === 'Wait') return waiting(state, name);
  if (kind === 'Fail') {
    const [error, cause] = (['Error', 'Cause'] as const).map(field =>
      failText(state[field], state[`${field}Path`], at(field)),
    );
    return {
      value: scope => {
        throw new StatesError(error?.(scope) ?? '', cause?.(scope) ?? '');
      },
    };
  }
  const parameters = state.Parameters === undefined ? undefined : template(state.Parameters, at('Parameters'));
  const result = state.Result;
  return { value: scope => (result !== undefined ? result : parameters ? parameters(scope) : scope.data) };
}

function task(state: JsonObject, name: string): Work {
  const resource = text(state.Resource, `${name}.Resource`);
  if (!/^arn:[\w-]+:(lambda|states):/.test(resource) || /:activity:|\.sync|\.waitForTaskToken/.test(resource))
    throw new Unsupported(`${name}.Resource`, resource);
  const parameters = state.Parameters === undefined ? undefined : template(state.Parameters, `${name}.Parameters`);
  const selector =
    state.ResultSelector === undefined ? undefined : template(state.ResultSelector, `${name}.ResultSelector`);
  const timeout =
    state.TimeoutSeconds === undefined ? undefined : number(state.TimeoutSeconds, `${name}.TimeoutSeconds`, 1);
  return { effects };

  function* effects(scope: Scope, run: Run): Generator<Effect, Json, unknown> {
    const remaining =
      run.deadline === Number.POSITIVE_INFINITY ? [] : [(run.deadline - Date.parse(run.context.now())) / 1000];
    const timeoutSeconds = Math.min(...remaining, timeout ?? Number.POSITIVE_INFINITY);
    const output = yield {
      type: 'task',
      state: name,
      resource,
      parameters: parameters ? parameters(scope) : scope.data,
      ...(Number.isFinite(timeoutSeconds) ? { timeoutSeconds } : {}),
    };
    const data = asJson(output);
    return selector ? selector({ ...scope, data }) : data;
  }
}

function waiting(state: JsonObject, name: string): Work {
  const [entry, ...others] = Object.entries(state).filter(([field]) => durations.includes(field));
  if (!entry || others.length > 0) throw new Unsupported(name, `a Wait state has one of ${durations.join(', ')}`);
  const [field, given] = entry;
  const where = `${name}.${field}`;
  const path = field.endsWith('Path') ? scopedPath(given, where) : undefined;
  const valid = (value: unknown) =>
    field.startsWith('Seconds')
      ? Number.isInteger(value) && Number(value) >= 0
      : typeof value === 'string' && !Number.isNaN(instant(value));
  if (!path && !valid(given)) throw new Unsupported(where, JSON.stringify(given));
  return { effects };

  function* effects(scope: Scope, { context, deadline }: Run): Generator<Effect, Json, unknown> {
    const value = path ? path.find(scope) : given;
    if (!valid(value)) throw new StatesError('States.Runtime', `${where} is ${JSON.stringify(value)}`);
    const now = Date.parse(context.now());
    const seconds = typeof value === 'number' ? value : Math.max(0, (instant(String(value)) - now) / 1000);
    yield { type: 'wait', seconds: Math.min(seconds, (deadline - now) / 1000) };
    return scope.data;
  }
}

function failText(literal: unknown, path: unknown, where: string): ((scope: Scope) => string) | undefined {
  if (path === undefined)
    return literal === undefined
      ? undefined
      : (
          value => () =>
            value
        )(text(literal, where));
  if (literal !== undefined) throw new Unsupported(where, 'both the text and its path');
  const expression = dynamic(text(path, `${where}Path`), `${where}Path`);
  return scope => {
    const value = expression(scope);
    if (typeof value !== 'string') throw new StatesError('States.Runtime', `${where}Path is ${JSON.stringify(value)}`);
    return value;
  };
}

function merging(value: unknown, where: string): State['merge'] {
  if (value === undefined) return (_, result) => result;
  const path = resultPath(value, where);
  if (path === null) return raw => raw;
  return (raw, result) => {
    const merged = assign(path, raw, result);
    if (merged === undefined)
      throw new StatesError(
        'States.ResultPathMatchFailure',
        `Unable to apply ResultPath '${path.text}' to the input ${JSON.stringify(raw)}`,
      );
    return merged;
  };
}

function errorsOf(value: unknown, where: string, last: boolean): string[] {
  const errors = list(value, where).map(item => text(item, where));
  if (errors.length === 0) throw new Unsupported(where, 'an empty list');
  if (errors.includes('States.ALL') && (errors.length > 1 || !last))
    throw new Unsupported(where, 'States.ALL stands alone and last');
  return errors;
}

function retrier(value: unknown, where: string, last: boolean): Retrier {
  const item = fields(value, where, [
    'Comment',
    'ErrorEquals',
    'IntervalSeconds',
    'MaxAttempts',
    'BackoffRate',
    'MaxDelaySeconds',
    'JitterStrategy',
  ]);
  if (item.JitterStrategy !== undefined && item.JitterStrategy !== 'NONE')
    throw new Unsupported(
      `${where}.JitterStrategy`,
      `${item.JitterStrategy}: an execution here is the same every time`,
    );
  const interval = number(item.IntervalSeconds ?? 1, `${where}.IntervalSeconds`, 1);
  const rate = number(item.BackoffRate ?? 2, `${where}.BackoffRate`, 1, false);
  const limit =
    item.MaxDelaySeconds === undefined
      ? Number.POSITIVE_INFINITY
      : number(item.MaxDelaySeconds, `${where}.MaxDelaySeconds`, 1);
  return {
    errors: errorsOf(item.ErrorEquals, `${where}.ErrorEquals`, last),
    attempts: number(item.MaxAttempts ?? 3, `${where}.MaxAttempts`, 0),
    delay: retry => Math.min(interval * rate ** retry, limit),
  };
}

function catcher(value: unknown, where: string, last: boolean): Catcher {
  const item = fields(value, where, ['Comment', 'ErrorEquals', 'Next', 'ResultPath']);
  return {
    errors: errorsOf(item.ErrorEquals, `${where}.ErrorEquals`, last),
    next: text(item.Next, `${where}.Next`),
    merge: merging(item.ResultPath, `${where}.ResultPath`),
  };
}

function jsonPathOnly(value: JsonObject, where: string): JsonObject {
  if (value.QueryLanguage !== undefined && value.QueryLanguage !== 'JSONPath')
    throw new Unsupported(where, `QueryLanguage ${value.QueryLanguage}`);
  return value;
}
