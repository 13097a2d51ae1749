import middy from '@middy/core';
import * as v from 'valibot';

/**
 * A Lambda handler that checks its event before it acts, and says in one structured line what came of it. An event
 * that is not what it must be is an error that names the field, so that it ends in the dead-letter queue, not nowhere.
 */
export function entrypoint<Schema extends v.GenericSchema, Result>(
  schema: Schema,
  act: (event: v.InferOutput<Schema>) => Promise<Result>,
) {
  return middy<unknown, Result>()
    .before(request => {
      request.event = check(schema, request.event);
    })
    .onError(request => {
      const { name, message } = request.error as Error;
      console.error({ message: `failed: ${message}`, error: name });
    })
    .handler(event => act(event as v.InferOutput<Schema>));
}

/** @throws Error that names path, expectation and what was received for each fault. */
export function check<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'event'}: ${issue.message}`);
  throw new TypeError(`this event is not understood: ${faults.join('; ')}`);
}
