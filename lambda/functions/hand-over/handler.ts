import { FailureEvent } from '../../inbound/attempt-event.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Ends an attempt whose workflow failed, and hands the incident over to people. */
export const handler = entrypoint(FailureEvent, async ({ slot, number, attempt, error }) => {
  const reason = `the automatic response failed (${error.Error ?? 'unknown error'}: ${messageOf(error.Cause)})`;
  const { incident, refused } = await commit(
    { slot, number },
    { type: 'end response', id: `end/${attempt}`, attempt, reason },
  );
  console.info({ message: 'handed over', incident: incident?.id, reason, refused });
});

/**
 * The message in an error's cause. The cause of a Lambda function is JSON with a stack trace, of which an operator needs the
 * message.
 */
function messageOf(cause = 'no cause given'): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return String(errorMessage ?? cause).slice(0, 500);
  } catch {
    return cause.slice(0, 500);
  }
}
