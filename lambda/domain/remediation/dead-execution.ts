import { attemptUnderWay, type Incident } from '../incident/incident.ts';

export const EXECUTION_EVENT = 'Step Functions Execution Status Change';

/** The states of an execution of the response workflow that has ended without success. */
export const DIED = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/**
 * The attempt that a dead execution was in: it goes on with the plans of other troubles as later attempts, and nothing shows a sign of
 * life after its death. What does is an attempt of another execution.
 */
export function attemptOfDead(incident: Incident, { attempt, diedAt }: { attempt: number; diedAt?: string }): number {
  const current = attemptUnderWay(incident);
  return current && diedAt !== undefined && attempt < current.number && current.progressAt <= diedAt
    ? current.number
    : attempt;
}

/** Why a person takes over from a workflow that failed. */
export const failureReason = (error = 'unknown error', cause = 'no cause given'): string =>
  `the automatic response failed (${error}: ${messageOf(cause)})`;

/** The cause of a Lambda function is JSON with a stack trace, of which an operator needs the message. */
function messageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return String(errorMessage ?? cause).slice(0, 500);
  } catch {
    return cause.slice(0, 500);
  }
}
