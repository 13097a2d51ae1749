/** Turns the answers of calls into outputs or failures of steps. */

import { BOOLEAN_TEXT, MISSING_OUTPUT, type Undocumented } from '../../undocumented.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Json, select } from '../json-path.ts';
import type { Output } from './document.ts';
import { convert } from './values.ts';

/** The driver resumes a `lambda` effect with this: the answer of Invoke, its payload as the JSON text that Lambda sends. */
export type LambdaAnswer = { StatusCode: number; FunctionError?: string; Payload?: string };

export const unavailable = 'No output available yet because the step is not successfully executed';
const guide = 'Please refer to Automation Service Troubleshooting Guide for more diagnosis details.';

export class StepFailure extends Error {
  readonly status: 'Failed' | 'TimedOut';

  constructor(status: 'Failed' | 'TimedOut', message: string) {
    super(message);
    this.status = status;
  }
}
export const failed = (why: string) =>
  new StepFailure('Failed', `Step fails when it is Execute/Cancelling action. ${why} ${guide}`);
export const timedOut = () =>
  new StepFailure('TimedOut', `Step timed out while step is Execute/Cancelling action. ${guide}`);

/** Gives each output the value that its selector finds. */
export function chosen(outputs: readonly Output[], response: Json, undocumented: Undocumented): Map<string, Json> {
  const found = outputs.flatMap(({ name, selector, type }): [string, Json][] => {
    const value = select(selector, response);
    if (value === undefined || value === null || (!selector.definite && asList(value).length === 0)) {
      const outcome = undocumented.positionOn(MISSING_OUTPUT);
      if (outcome === 'fails the step') throw failed(`Invalid Output Selector ${selector.text}.`);
      return outcome === 'is left out' ? [] : [[name, selector.text]];
    }
    const converted = convert(value, type);
    if (converted === undefined) throw failed(`The output ${name} is ${JSON.stringify(value)}, which is no ${type}.`);
    return [[name, converted]];
  });
  return new Map(found);
}

export function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw failed(`Could not parse the payload into JSON: ${text}.`);
  }
}

export function answerOf(value: unknown, step: string): LambdaAnswer {
  const { StatusCode, FunctionError, Payload } = Object(value);
  const optional = (item: unknown) => item === undefined || typeof item === 'string';
  if (typeof StatusCode !== 'number' || !optional(FunctionError) || !optional(Payload))
    throw new Unsupported(step, `the answer of a function as ${JSON.stringify(value)}`);
  return {
    StatusCode,
    ...(FunctionError === undefined ? {} : { FunctionError }),
    ...(Payload === undefined ? {} : { Payload }),
  };
}

export const asList = (value: Json): Json[] => (Array.isArray(value) ? value : [value]);

/** The text by which a value is compared. The user guide asks for True and False in one place, and for true in another. */
export function printed(value: Json, undocumented: Undocumented): string {
  const text = String(value);
  if (typeof value !== 'boolean' || undocumented.positionOn(BOOLEAN_TEXT) === 'is true') return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
