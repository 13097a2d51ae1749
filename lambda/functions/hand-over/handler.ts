import { failureReason } from '../../domain/remediation/dead-execution.ts';
import { FailureEvent } from '../../inbound/attempt-event.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Ends an attempt whose workflow failed, and hands the incident over to people. */
export const handler = entrypoint(FailureEvent, async ({ slot, number, attempt, error }) => {
  const reason = failureReason(error.Error, error.Cause);
  const { incident, refused } = await commit(
    { slot, number },
    { type: 'end response', id: `end/${attempt}`, attempt, reason },
  );
  console.info({ message: 'handed over', incident: incident?.id, reason, refused });
});
