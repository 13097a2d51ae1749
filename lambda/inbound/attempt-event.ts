import * as v from 'valibot';
import { PAGE_ENTRIES } from '../domain/messages/page.ts';

const Key = { slot: v.string(), number: v.number() };

/** What the response workflow hands to each of its functions. `after` names what the step before came to, so that a repeated call is recognised. */
export const AttemptEvent = v.object({ ...Key, id: v.string(), attempt: v.number(), after: v.string() });
export type AttemptEvent = v.InferOutput<typeof AttemptEvent>;

/** With the id of a runbook's execution: what it came to is read, as a state of the workflow may be too small to hold it. */
export const RunEvent = v.object({ ...AttemptEvent.entries, run: v.string(), execution: v.string() });

/** With the error that a `Catch` of the workflow caught. */
export const FailureEvent = v.object({
  ...AttemptEvent.entries,
  error: v.object({ Error: v.optional(v.string()), Cause: v.optional(v.string()) }),
});

/** An entry on the incident bus that people are told about. */
export const PageEvent = v.object({
  'detail-type': v.picklist(PAGE_ENTRIES),
  detail: v.object({ incident: v.object({ ...Key, id: v.string() }), entry: v.object({ seq: v.number() }) }),
});
