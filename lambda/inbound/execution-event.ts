import * as v from 'valibot';
import { DIED, EXECUTION_EVENT } from '../domain/remediation/dead-execution.ts';
import { AttemptEvent } from './attempt-event.ts';

/** The event of an execution of the response workflow that has died, as the Step Functions developer guide documents it. */
export const ExecutionEvent = v.object({
  'detail-type': v.literal(EXECUTION_EVENT),
  detail: v.object({
    name: v.string(),
    status: v.picklist(DIED),
    /** Milliseconds. */
    stopDate: v.number(),
    input: v.pipe(v.string(), v.parseJson(), AttemptEvent),
    error: v.nullish(v.string()),
    cause: v.nullish(v.string()),
  }),
});
