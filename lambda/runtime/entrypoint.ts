import middy from '@middy/core';
import * as v from 'valibot';

/** An invocation, as Lambda describes it. */
export interface Invocation {
  /** Ends in the alias by which the function was invoked, if it was by one. */
  invokedFunctionArn?: string | undefined;
}

/**
 * A Lambda handler that checks its event before it acts, and logs a failure as one structured line. An event that does not match
 * the schema is an error that names the field, so that it ends in the dead-letter queue.
 */
export function entrypoint<Schema extends v.GenericSchema, Result>(
  schema: Schema,
  act: (event: v.InferOutput<Schema>, invocation: Invocation) => Promise<Result>,
) {
  return middy<unknown, Result>()
    .before(request => {
      request.event = check(schema, request.event);
    })
    .onError(request => {
      const { name, message } = request.error as Error;
      console.error({ message: `failed: ${message}`, error: name });
    })
    .handler((event, context) => act(event as v.InferOutput<Schema>, context));
}

/** @throws TypeError with the path, the expected and the found value of each fault. */
export function check<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw new TypeError(`this event is not understood: ${result.issues.map(describe).join('; ')}`);
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'event';
  if (issue.expected === 'never') return `${path}: there is no such field`;
  const expectation = issue.message.startsWith('Invalid ') ? issue.expected : issue.message;
  const found = JSON.stringify(issue.input)?.slice(0, 80) ?? 'nothing';
  return `${path}: expected ${issue.input === undefined && issue.kind === 'schema' ? expectedValue(issue) : expectation}, got ${found}`;
}

/** The expected value of a missing field: for that, valibot gives only the field's name. */
const expectedValue = ({ expected, path }: v.BaseIssue<unknown>) =>
  expected === `"${String(path?.at(-1)?.key)}"` ? 'a value' : (expected ?? 'a value');
