import type { QueuedMessage } from '../../adapters/signal-queue.ts';
import { failureReason } from '../../domain/remediation/dead-execution.ts';
import { ExecutionEvent } from '../../inbound/execution-event.ts';
import { commit } from '../../runtime/command-handler.ts';
import { check } from '../../runtime/entrypoint.ts';
import type { Failure } from './failures.ts';

const UNCAUGHT = {
  FAILED: 'its execution failed',
  TIMED_OUT: 'its execution timed out',
  ABORTED: 'its execution was stopped',
} as const;

/**
 * Hands over where an execution of the response workflow has died. Most have handed over themselves by then, and nothing is left to
 * do; but no `Catch` sees data over the limit, a fault of the definition, a time-out or a stop.
 */
export async function receiveDeaths(messages: readonly QueuedMessage[]): Promise<Failure[]> {
  const outcomes = await Promise.allSettled(messages.map(handOver));
  return messages.flatMap((message, i) => {
    const outcome = outcomes[i];
    return outcome?.status === 'rejected' ? [{ message, error: outcome.reason }] : [];
  });
}

async function handOver({ body }: QueuedMessage): Promise<void> {
  const { name, status, stopDate, input, error, cause } = check(ExecutionEvent, JSON.parse(body)).detail;
  const { slot, number, attempt } = input;
  const reason = failureReason(error || UNCAUGHT[status], cause || undefined);
  const { incident, refused } = await commit(
    { slot, number },
    {
      ...{ type: 'end response', id: `died/${name}`, attempt, reason },
      diedAt: new Date(stopDate).toISOString(),
    },
  );
  console.info({ message: 'an execution of the response died', incident: incident?.id, name, status, reason, refused });
}
