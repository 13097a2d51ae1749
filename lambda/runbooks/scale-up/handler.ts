import * as v from 'valibot';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { ScaleParameters, scale, tasksProgress } from '../scaling.ts';

/** Raises the number of tasks. Auto scaling, if there is any, stays active and may change the number further. */
export const handler = entrypoint(v.strictObject(ScaleParameters), event =>
  event.former === ''
    ? scale(event, { isRevert: event.expectedCount !== '' && event.desiredCount < Number(event.expectedCount) })
    : tasksProgress(event, true),
);
