import * as v from 'valibot';
import { list, matching, modes, object, share, text, warningBelowCritical } from './fields.ts';
import { MOST } from './most.ts';

const COMMAND =
  'a shell command with {url} once, and no double quote, backslash, backtick or dollar sign: put such in a script';

export const ServiceMemorySettings = v.optional(
  v.pipe(
    object({
      /** Shares of the tasks' memory at which the alarms fire. */
      warning: v.optional(share, 0.8),
      critical: v.optional(share, 0.9),
      /**
       * How a task dumps its heap: a command in one of its containers that uploads it to `{url}`, prints at last how many
       * bytes it has, and ends with 0 only when it is whole. Absent, none is dumped.
       */
      heapDump: v.optional(
        object({
          container: text('the name of the container whose heap is dumped'),
          // The command is put between double quotes.
          command: v.pipe(
            matching(/^[^"\\`$]{1,2000}$/, COMMAND),
            v.check(given => given.split('{url}').length === 2, COMMAND),
          ),
        }),
      ),
      /** The task role and the execution role: who registers a larger task passes them on. Absent, memory is not raised. */
      taskRoles: v.optional(
        list(
          matching(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,128}$/, 'the ARN of a role of the task'),
          'at least one role of the task',
          MOST.taskRoles,
        ),
      ),
      ...modes('capture-heap-dump', 'restart-tasks', 'raise-memory', 'roll-back'),
    }),
    warningBelowCritical(),
  ),
  {},
);
