/** SSM Automation documents, schema 0.3: everything a document says is checked here, at load. */

import { Unsupported } from '../../unsupported.ts';
import { fields, flag, list, number, text } from '../checks.ts';
import { isObject, type JsonObject, type Path, parsePath } from '../json-path.ts';
import { type Choice, choices } from './branch.ts';
import { type Work, work } from './inputs.ts';
import { convert, type Parameter, referencesIn, type ValueType, valueTypes } from './values.ts';

export type Output = { name: string; selector: Path; type: ValueType };

export type Step = {
  name: string;
  action: string;
  /** The text as written. */
  inputs: JsonObject;
  work: Work | Loop;
  outputs: Output[];
  onFailure: 'Abort' | 'Continue' | { step: string };
  isCritical: boolean;
  isEnd: boolean;
  nextStep: string | undefined;
  maxAttempts: number;
  timeoutSeconds: number | undefined;
};

/** A `do while`: the condition is asked when the steps have run, and is that of one choice. */
export type Loop = { kind: 'loop'; steps: readonly Step[]; again: Choice['holds']; most: number };

export type AutomationDocument = {
  /** The text as written: it may refer to a parameter. */
  assumeRole: string | undefined;
  parameters: ReadonlyMap<string, Parameter>;
  steps: readonly Step[];
  /** Each `step.Output`. */
  outputs: readonly string[];
};

const actions: Record<string, { inputs: readonly string[] | 'open'; longest?: number; otherwise?: number }> = {
  'aws:executeAwsApi': { inputs: 'open', longest: 25, otherwise: 25 },
  'aws:waitForAwsResourceProperty': { inputs: 'open', otherwise: 3600 },
  'aws:assertAwsResourceProperty': { inputs: 'open' },
  'aws:sleep': { inputs: ['Duration', 'Timestamp'] },
  'aws:branch': { inputs: ['Choices', 'Default'] },
  // Over a list it is not supported.
  'aws:loop': { inputs: ['Steps', 'LoopCondition', 'MaxIterations'] },
  'aws:invokeLambdaFunction': {
    inputs: ['FunctionName', 'Qualifier', 'InvocationType', 'LogType', 'InputPayload', 'Payload'],
    longest: 300,
    otherwise: 300,
  },
};

const lambdaOutputs: Record<string, ValueType> = {
  StatusCode: 'Integer',
  FunctionError: 'String',
  LogResult: 'String',
  Payload: 'String',
};
const variables = [
  'global:DATE',
  'global:DATE_TIME',
  'global:REGION',
  'global:ACCOUNT_ID',
  'global:AWS_PARTITION',
  'automation:EXECUTION_ID',
];
const stepFields = [
  'name',
  'action',
  'description',
  'inputs',
  'outputs',
  'onFailure',
  'isCritical',
  'isEnd',
  'nextStep',
  'maxAttempts',
  'timeoutSeconds',
];

export function load(content: unknown): AutomationDocument {
  const document = fields(content, 'document', [
    'schemaVersion',
    'description',
    'assumeRole',
    'parameters',
    'mainSteps',
    'outputs',
  ]);
  if (document.schemaVersion !== '0.3')
    throw new Unsupported('document.schemaVersion', JSON.stringify(document.schemaVersion));
  if (document.parameters !== undefined && !isObject(document.parameters))
    throw new Unsupported('document.parameters', 'not an object');
  const parameters = new Map(
    Object.entries(document.parameters ?? {}).map(([name, value]) => [name, parameter(value, `parameters.${name}`)]),
  );
  const raw = list(document.mainSteps, 'document.mainSteps').map((step, i) => fields(step, named(step, i), stepFields));
  const outputTypes = new Map(raw.flatMap((step, i) => outputsOf(step, named(step, i))));
  // AWS does not document whether the outputs of a loop's steps can be read outside of it: here they cannot.
  const typeOf =
    (where: string, within: JsonObject[] = []) =>
    (name: string): ValueType => {
      const inner = new Map(within.flatMap(step => outputsOf(step, where)));
      const type =
        (variables.includes(name) ? 'String' : parameters.get(name)?.type) ?? outputTypes.get(name) ?? inner.get(name);
      if (!type) throw new Unsupported(where, `"${name}" is no parameter, no output of a step and no variable`);
      return type;
    };
  const steps = raw.map((step, i) => {
    const where = named(step, i);
    const typed = typeOf(where, innerOf(step, where));
    for (const name of referencesIn(step.inputs, `${where}.inputs`)) typed(name);
    return loadStep(step, where, typed);
  });
  const names = steps.flatMap(({ name, work }) => [name, ...(work.kind === 'loop' ? work.steps.map(s => s.name) : [])]);
  if (new Set(names).size < names.length) throw new Unsupported('document.mainSteps', 'the same name twice');
  checkPath(steps);
  const outputs = list(document.outputs, 'document.outputs').map(output => text(output, 'document.outputs'));
  for (const output of outputs)
    if (!outputTypes.has(output)) throw new Unsupported('document.outputs', `"${output}" is no output of a step`);
  const assumeRole = document.assumeRole === undefined ? undefined : String(document.assumeRole);
  for (const name of referencesIn(assumeRole, 'document.assumeRole'))
    if (!parameters.has(name)) throw new Unsupported('document.assumeRole', `"${name}" is no parameter`);
  return { assumeRole, parameters, steps, outputs };
}

const named = (step: unknown, index: number) =>
  isObject(step) && typeof step.name === 'string' ? step.name : `mainSteps[${index}]`;

function innerOf({ action, inputs }: JsonObject, where: string): JsonObject[] {
  if (action !== 'aws:loop') return [];
  const { Steps } = fields(inputs, `${where}.inputs`, ['Steps', 'LoopCondition', 'MaxIterations']);
  return list(Steps, `${where}.inputs.Steps`).map((step, i) => fields(step, named(step, i), stepFields));
}

const MOST_ITERATIONS = 100;

function loop(step: JsonObject, inputs: JsonObject, where: string, typeOf: (name: string) => ValueType): Loop {
  const steps = innerOf(step, where).map((inner, i) => loadStep(inner, named(inner, i), typeOf));
  if (steps.length === 0) throw new Unsupported(where, 'a loop without steps');
  for (const { name, work, isEnd, nextStep, onFailure } of steps)
    if (work.kind === 'loop' || work.kind === 'branch' || isEnd || nextStep !== undefined || onFailure !== 'Abort')
      throw new Unsupported(name, 'another way than onward within a loop');
  const condition = fields(
    inputs.LoopCondition,
    `${where}.inputs.LoopCondition`,
    Object.keys(inputs.LoopCondition ?? {}),
  );
  const [choice] = choices([{ ...condition, NextStep: 'again' }], `${where}.inputs.LoopCondition`, typeOf);
  const most = number(inputs.MaxIterations, `${where}.inputs.MaxIterations`, 1);
  if (most > MOST_ITERATIONS || !choice) throw new Unsupported(`${where}.inputs.MaxIterations`, String(most));
  return { kind: 'loop', steps, again: choice.holds, most };
}

function parameter(value: unknown, where: string): Parameter {
  const counts = ['minItems', 'maxItems', 'minChars', 'maxChars'];
  const item = fields(value, where, [
    'type',
    'description',
    'default',
    'allowedValues',
    'allowedPattern',
    'displayType',
    ...counts,
  ]);
  const type = item.type === 'AWS::IAM::Role::Arn' ? 'String' : valueTypes.find(known => known === item.type);
  if (!type) throw new Unsupported(`${where}.type`, JSON.stringify(item.type));
  if (referencesIn(item.default, `${where}.default`).length > 0)
    throw new Unsupported(`${where}.default`, 'a reference');
  const fallback = item.default === undefined ? undefined : convert(item.default, type);
  if (item.default !== undefined && fallback === undefined)
    throw new Unsupported(`${where}.default`, `${JSON.stringify(item.default)} as a ${type}`);
  return {
    type,
    default: fallback,
    allowedValues:
      item.allowedValues === undefined ? undefined : list(item.allowedValues, `${where}.allowedValues`).map(String),
    allowedPattern:
      item.allowedPattern === undefined
        ? undefined
        : pattern(text(item.allowedPattern, where), `${where}.allowedPattern`),
    ...Object.fromEntries(
      counts.flatMap(name => (item[name] === undefined ? [] : [[name, number(item[name], `${where}.${name}`, 0)]])),
    ),
  };
}

/** The service uses Java's regular expressions, on the whole value. */
function pattern(source: string, where: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch {
    throw new Unsupported(where, source);
  }
}

function outputsOf(step: JsonObject, where: string): [string, ValueType][] {
  const own = declared(step, where).map(({ name, type }): [string, ValueType] => [`${step.name}.${name}`, type]);
  const given = Object.entries(lambdaOutputs).map(([name, type]): [string, ValueType] => [
    `${step.name}.${name}`,
    type,
  ]);
  return step.action === 'aws:invokeLambdaFunction' ? [...given, ...own] : own;
}

function declared(step: JsonObject, where: string): Output[] {
  const outputs = list(step.outputs, `${where}.outputs`).map((value, i): Output => {
    const here = `${where}.outputs[${i}]`;
    const item = fields(value, here, ['Name', 'Selector', 'Type']);
    const type = valueTypes.find(known => known === (item.Type ?? 'String'));
    if (!type) throw new Unsupported(`${here}.Type`, JSON.stringify(item.Type));
    return {
      name: text(item.Name, `${here}.Name`),
      selector: parsePath(text(item.Selector, `${here}.Selector`), `${here}.Selector`),
      type,
    };
  });
  const lambda = step.action === 'aws:invokeLambdaFunction';
  if (outputs.length > 0 && !lambda && step.action !== 'aws:executeAwsApi')
    throw new Unsupported(where, `outputs of ${step.action}`);
  const names = [...outputs.map(({ name }) => name), ...(lambda ? Object.keys(lambdaOutputs) : [])];
  if (new Set(names).size < names.length) throw new Unsupported(`${where}.outputs`, 'the same name twice');
  return outputs;
}

function loadStep(step: JsonObject, where: string, typeOf: (name: string) => ValueType): Step {
  const name = text(step.name, `${where}.name`);
  if (!/^[a-zA-Z0-9_]+$/.test(name)) throw new Unsupported(`${where}.name`, JSON.stringify(name));
  const action = text(step.action, `${where}.action`);
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!known) throw new Unsupported(where, `the action ${action}`);
  const inputs =
    known.inputs === 'open'
      ? fields(step.inputs, `${where}.inputs`, Object.keys(step.inputs ?? {}))
      : fields(step.inputs, `${where}.inputs`, known.inputs);
  const onFailure = step.onFailure ?? 'Abort';
  const target = typeof onFailure === 'string' ? /^step:(\w+)$/.exec(onFailure)?.[1] : undefined;
  if (target === undefined && onFailure !== 'Abort' && onFailure !== 'Continue')
    throw new Unsupported(`${where}.onFailure`, JSON.stringify(onFailure));
  const timeout =
    step.timeoutSeconds === undefined ? known.otherwise : number(step.timeoutSeconds, `${where}.timeoutSeconds`, 1);
  return {
    name,
    action,
    inputs,
    work: action === 'aws:loop' ? loop(step, inputs, where, typeOf) : work(action, inputs, where, typeOf),
    outputs: declared(step, where),
    onFailure: target === undefined ? (onFailure === 'Continue' ? 'Continue' : 'Abort') : { step: target },
    isCritical: step.isCritical === undefined ? onFailure !== 'Continue' : flag(step.isCritical, `${where}.isCritical`),
    isEnd: step.isEnd === undefined ? false : flag(step.isEnd, `${where}.isEnd`),
    nextStep: step.nextStep === undefined ? undefined : text(step.nextStep, `${where}.nextStep`),
    maxAttempts: step.maxAttempts === undefined ? 1 : number(step.maxAttempts, `${where}.maxAttempts`, 1),
    timeoutSeconds: timeout === undefined ? undefined : Math.min(timeout, known.longest ?? timeout),
  };
}

/** Every step that is named exists, and no way leads back to where it came from: the service refuses both. */
function checkPath(steps: readonly Step[]): void {
  if (steps.length === 0) throw new Unsupported('document.mainSteps', 'no steps');
  const byName = new Map(steps.map((step, i) => [step.name, { step, following: steps[i + 1]?.name }]));
  const done = new Set<string>();
  const walk = (name: string, trail: string[]) => {
    const found = byName.get(name);
    if (!found) throw new Unsupported(trail.at(-1) ?? 'document.mainSteps', `there is no step "${name}"`);
    if (trail.includes(name))
      throw new Unsupported(name, `a loop: ${[...trail.slice(trail.indexOf(name)), name].join(' -> ')}`);
    if (done.has(name)) return;
    for (const target of targets(found.step, found.following)) walk(target, [...trail, name]);
    done.add(name);
  };
  for (const { name } of steps) walk(name, []);
}

function targets(step: Step, following: string | undefined): string[] {
  const chosen = step.work.kind === 'branch' ? [...step.work.choices.map(({ next }) => next), step.work.fallback] : [];
  const decided = step.work.kind === 'branch' && step.work.fallback !== undefined;
  const onward = step.isEnd
    ? []
    : [
        decided ? undefined : (step.nextStep ?? following),
        typeof step.onFailure === 'object' ? step.onFailure.step : undefined,
      ];
  return [...chosen, ...onward].filter(name => name !== undefined);
}
