import * as v from 'valibot';

/**
 * The input of each function of the response workflow. `after` names the result of the step before, so that a repeated call
 * is recognised.
 */
export const AttemptEvent = v.object({
  slot: v.string(),
  number: v.number(),
  id: v.string(),
  attempt: v.number(),
  after: v.string(),
});
export type AttemptEvent = v.InferOutput<typeof AttemptEvent>;

/**
 * With the id of a runbook's execution, whose result the function reads: it may exceed the size of the workflow's state (256
 * KiB).
 */
export const RunEvent = v.object({ ...AttemptEvent.entries, run: v.string(), execution: v.string() });

/** With the error that a `Catch` of the workflow caught. */
export const FailureEvent = v.object({
  ...AttemptEvent.entries,
  error: v.object({ Error: v.optional(v.string()), Cause: v.optional(v.string()) }),
});
