import * as v from 'valibot';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { lookAtTasks, ScaleParameters, scale } from '../scaling.ts';

/** Raises the number of tasks. Auto scaling, where there is any, stays in charge and may raise or lower it further. */
export const handler = entrypoint(v.strictObject(ScaleParameters), event =>
  event.former === '' ? scale(event) : lookAtTasks(event, true),
);
