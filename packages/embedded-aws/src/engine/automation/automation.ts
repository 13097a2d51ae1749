/**
 * SSM Automation, schema 0.3. An execution is a generator that yields what it wants done: the driver owns time and the
 * calls. It ends in what GetAutomationExecution reports.
 */

import { END_AFTER_CHOICE, FUNCTION_ERROR, type Undocumented } from '../../undocumented.ts';
import { Unsupported } from '../../unsupported.ts';
import { asJson, isObject, type Json, type JsonObject, select } from '../json-path.ts';
import {
  answerOf,
  asList,
  chosen,
  failed,
  type LambdaAnswer,
  parsed,
  printed,
  StepFailure,
  timedOut,
  unavailable,
} from './answers.ts';
import { type AutomationDocument, load, type Step } from './document.ts';
import { asStrings, InvalidParameters, interpolate, resolveParameters } from './values.ts';

export { type AutomationDocument, InvalidParameters, type LambdaAnswer, load };

export type StepStatus = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

export type Effect =
  | {
      type: 'step';
      name: string;
      action: string;
      status: StepStatus;
      failureMessage?: string;
      /** The iteration of the loop that the step is in, counted from 1. */
      iteration?: number;
      /** Each as JSON text; a reference to what is not there stays as it is written. */
      inputs?: Record<string, string>;
      outputs?: Record<string, string[]>;
    }
  | { type: 'api'; step: string; service: string; api: string; parameters: JsonObject; timeoutSeconds?: number }
  | { type: 'lambda'; step: string; functionName: string; qualifier?: string; payload: Json; timeoutSeconds?: number }
  | { type: 'sleep'; seconds: number };

export type Context = {
  undocumented: Undocumented;
  executionId: string;
  accountId: string;
  region: string;
  now(): Date;
};

export type StepReport = {
  name: string;
  action: string;
  status: StepStatus;
  failureMessage?: string;
  outputs: Record<string, string[]>;
};
export type Outcome = {
  status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';
  failureMessage?: string;
  outputs: Record<string, string[]>;
  steps: StepReport[];
};

/** Seconds between two requests of aws:waitForAwsResourceProperty. AWS does not document them. */
export const pollSeconds = 10;

/** The role a document runs as, with the parameters of an execution; undefined when it runs as its caller. */
export function assumeRole(document: AutomationDocument, given: Record<string, string[]>): string | undefined {
  const values = resolveParameters(document.parameters, given);
  const role = interpolate(document.assumeRole ?? '', name => values.get(name) ?? '');
  return role === '' ? undefined : String(role);
}

/** Throws InvalidParameters at once, before anything is started. */
export function execute(
  document: AutomationDocument,
  given: Record<string, string[]>,
  context: Context,
): Generator<Effect, Outcome, unknown> {
  return new Execution(document, resolveParameters(document.parameters, given), context).run();
}

type Result = { outputs: Map<string, Json>; next?: string };

class Execution {
  readonly #document: AutomationDocument;
  readonly #parameters: ReadonlyMap<string, Json>;
  readonly #context: Context;
  readonly #reports: Map<string, StepReport>;
  readonly #outputs = new Map<string, Map<string, Json>>();

  constructor(document: AutomationDocument, parameters: ReadonlyMap<string, Json>, context: Context) {
    this.#document = document;
    this.#parameters = parameters;
    this.#context = context;
    this.#reports = new Map(
      document.steps.map(({ name, action }) => [name, { name, action, status: 'Pending', outputs: {} }]),
    );
  }

  *run(): Generator<Effect, Outcome, unknown> {
    const { steps } = this.#document;
    let failure: StepFailure | undefined;
    let index = 0;
    for (let step = steps[0]; step; step = steps[index]) {
      const { result, wrong } = yield* this.#take(step);
      if (wrong && step.isCritical) failure ??= wrong;
      const next = this.#next(step, result);
      if (next === undefined) break;
      index = next === 'following' ? index + 1 : steps.findIndex(candidate => candidate.name === next.step);
    }
    return {
      status: failure?.status ?? 'Success',
      ...(failure ? { failureMessage: failure.message } : {}),
      outputs: Object.fromEntries(this.#document.outputs.map(name => [name, this.#reported(name)])),
      steps: [...this.#reports.values()],
    };
  }

  /** One step, from its beginning to what it came to. */
  *#take(step: Step, iteration?: number): Generator<Effect, { result?: Result; wrong?: StepFailure }, unknown> {
    const { name, action } = step;
    const told = { type: 'step', name, action, ...(iteration === undefined ? {} : { iteration }) } as const;
    yield { ...told, status: 'InProgress', inputs: this.#told(step.inputs) };
    const { result, wrong } = yield* this.#attempts(step);
    const failureMessage = wrong?.message;
    const status = wrong?.status ?? 'Success';
    const outputs = Object.fromEntries([...(result?.outputs ?? [])].map(([key, value]) => [key, asStrings(value)]));
    if (result) this.#outputs.set(name, result.outputs);
    const why = failureMessage === undefined ? {} : { failureMessage };
    this.#reports.set(name, { name, action, status, outputs, ...why });
    yield { ...told, status, outputs, ...why };
    return { ...(result && { result }), ...(wrong && { wrong }) };
  }

  #told(inputs: JsonObject): Record<string, string> {
    const lenient = (value: Json) =>
      interpolate(value, name => {
        try {
          return this.#find(name) ?? `{{ ${name} }}`;
        } catch {
          return `{{ ${name} }}`;
        }
      });
    return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, JSON.stringify(lenient(value))]));
  }

  #next(step: Step, result: Result | undefined): 'following' | { step: string } | undefined {
    if (result?.next !== undefined && !(step.isEnd && this.#positionOn(END_AFTER_CHOICE) === 'ends the runbook'))
      return { step: result.next };
    if (step.isEnd || (!result && step.onFailure === 'Abort')) return undefined;
    if (!result && typeof step.onFailure === 'object') return step.onFailure;
    return step.nextStep === undefined ? 'following' : { step: step.nextStep };
  }

  #reported(output: string): string[] {
    const [step = '', name = ''] = output.split('.');
    if (this.#reports.get(step)?.status !== 'Success') return [unavailable];
    const value = this.#outputs.get(step)?.get(name);
    return value === undefined ? [] : asStrings(value);
  }

  /** Attempts as often as maxAttempts allows; each attempt has the whole time-out. */
  *#attempts(step: Step): Generator<Effect, { result?: Result; wrong?: StepFailure }, unknown> {
    for (let attempt = 1; ; attempt += 1)
      try {
        const deadline = this.#now() + (step.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
        return { result: yield* this.#attempt(step, deadline) };
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error;
        if (attempt >= step.maxAttempts) return { wrong: error };
      }
  }

  *#attempt(step: Step, deadline: number): Generator<Effect, Result, unknown> {
    const { work } = step;
    const none: Result = { outputs: new Map() };
    switch (work.kind) {
      case 'branch': {
        const next = work.choices.find(choice => choice.holds(name => this.#find(name)))?.next ?? work.fallback;
        return next === undefined ? none : { ...none, next };
      }
      case 'sleep':
        yield* this.#sleep('seconds' in work ? work.seconds : (Date.parse(work.until) - this.#now()) / 1000, deadline);
        return none;
      case 'api':
        return { outputs: this.#chosen(step, yield* this.#call(step, work, deadline)) };
      case 'assert': {
        const value = select(work.selector, yield* this.#call(step, work, deadline));
        if (!this.#desired(work.desired, value, step))
          throw failed(
            `The value of ${work.selector.text} is ${JSON.stringify(value ?? null)}, not among ${JSON.stringify(this.#resolved(work.desired))}.`,
          );
        return none;
      }
      case 'wait':
        while (!this.#desired(work.desired, select(work.selector, yield* this.#call(step, work, deadline)), step))
          yield* this.#sleep(pollSeconds, deadline);
        return none;
      case 'lambda':
        return { outputs: yield* this.#invoke(step, deadline) };
      case 'loop':
        for (let iteration = 1; iteration <= work.most; iteration += 1) {
          for (const inner of work.steps) {
            const { wrong } = yield* this.#take(inner, iteration);
            if (wrong) throw wrong;
          }
          if (!work.again(name => this.#find(name))) break;
        }
        // Ended by MaxIterations it is no failure: a document must look for itself.
        return none;
    }
  }

  *#call(
    step: Step,
    work: { service: string; api: string; parameters: JsonObject },
    deadline: number,
  ): Generator<Effect, Json, unknown> {
    const parameters = this.#resolved(work.parameters);
    const { service, api } = work;
    const effect = {
      type: 'api',
      step: step.name,
      service,
      api,
      parameters: isObject(parameters) ? parameters : {},
      ...this.#left(deadline),
    } as const;
    return asJson(
      yield* this.#ask(
        effect,
        deadline,
        error => `An error occurred (${error.name}) when calling the ${api} operation: ${error.message}.`,
      ),
    );
  }

  *#invoke(step: Step, deadline: number): Generator<Effect, Map<string, Json>, unknown> {
    if (step.work.kind !== 'lambda') throw new Unsupported(step.name, 'not a function');
    const { functionName, qualifier, payload, payloadText } = step.work;
    const effect = {
      type: 'lambda',
      step: step.name,
      functionName: String(this.#resolved(functionName)),
      ...(qualifier === undefined ? {} : { qualifier: String(this.#resolved(qualifier)) }),
      payload:
        payload !== undefined
          ? this.#resolved(payload)
          : payloadText === undefined
            ? {}
            : parsed(String(this.#resolved(payloadText))),
      ...this.#left(deadline),
    } as const;
    const answer = yield* this.#ask(
      effect,
      deadline,
      error => `An error occurred (${error.name}) when calling the Invoke operation: ${error.message}.`,
    );
    const { StatusCode, FunctionError, Payload } = answerOf(answer, step.name);
    if (FunctionError !== undefined && this.#positionOn(FUNCTION_ERROR) === 'fails its step')
      throw failed(`The function ${effect.functionName} returned the error ${FunctionError}: ${Payload ?? ''}.`);
    const body = Payload === undefined ? undefined : parsed(Payload);
    const outputs = new Map<string, Json>([['StatusCode', StatusCode]]);
    if (FunctionError !== undefined) outputs.set('FunctionError', FunctionError);
    if (body !== undefined) outputs.set('Payload', typeof body === 'string' ? body : JSON.stringify(body));
    for (const [name, value] of this.#chosen(step, asJson({ StatusCode, FunctionError, Payload: body })))
      outputs.set(name, value);
    return outputs;
  }

  /** An error that the driver throws in is the service's answer, unless it is a mistake of the embedded account itself. */
  *#ask(effect: Effect, deadline: number, wording: (error: Error) => string): Generator<Effect, unknown, unknown> {
    let answer: unknown;
    try {
      answer = yield effect;
    } catch (error) {
      const mistakes = [Unsupported, TypeError, ReferenceError, RangeError, SyntaxError];
      if (!(error instanceof Error) || mistakes.some(mistake => error instanceof mistake)) throw error;
      throw this.#now() > deadline ? timedOut() : failed(wording(error));
    }
    if (this.#now() > deadline) throw timedOut();
    return answer;
  }

  *#sleep(seconds: number, deadline: number): Generator<Effect, void, unknown> {
    const left = (deadline - this.#now()) / 1000;
    if (seconds > 0) yield { type: 'sleep', seconds: Math.min(seconds, left) };
    if (seconds >= left) throw timedOut();
  }

  #desired(desired: Json[], value: Json | undefined, { name }: Step): boolean {
    if (typeof value === 'object' && value !== null)
      throw new Unsupported(name, 'a property that is a list or an object');
    if (value === undefined || value === null) return false;
    const { undocumented } = this.#context;
    return asList(this.#resolved(desired)).some(
      wanted => printed(wanted, undocumented) === printed(value, undocumented),
    );
  }

  #chosen = (step: Step, answer: Json) => chosen(step.outputs, answer, this.#context.undocumented);
  #positionOn: Undocumented['positionOn'] = question => this.#context.undocumented.positionOn(question);
  #now = () => this.#context.now().getTime();
  #left = (deadline: number) => (Number.isFinite(deadline) ? { timeoutSeconds: (deadline - this.#now()) / 1000 } : {});

  #resolved(value: Json): Json {
    return interpolate(value, name => {
      const found = this.#find(name);
      if (found === undefined) throw failed(`Failed to resolve input: ${name}.`);
      return found;
    });
  }

  /** undefined: a step that succeeded has no such output, because its Selector found nothing. */
  #find(name: string): Json | undefined {
    const parameter = this.#parameters.get(name);
    if (parameter !== undefined) return parameter;
    const variable = this.#variable(name);
    if (variable !== undefined) return variable;
    const [step = '', output = ''] = name.split('.');
    const outputs = this.#outputs.get(step);
    if (!outputs) throw failed(`Failed to resolve input: ${name}. ${unavailable}.`);
    return outputs.get(output);
  }

  #variable(name: string): string | undefined {
    const { accountId, region, executionId } = this.#context;
    const [date = '', time = ''] = this.#context.now().toISOString().split(/[T.]/);
    switch (name) {
      case 'global:DATE':
        return date;
      case 'global:DATE_TIME':
        return `${date}_${time.replaceAll(':', '.')}`;
      case 'global:REGION':
        return region;
      case 'global:ACCOUNT_ID':
        return accountId;
      case 'global:AWS_PARTITION':
        return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
      case 'automation:EXECUTION_ID':
        return executionId;
    }
  }
}
