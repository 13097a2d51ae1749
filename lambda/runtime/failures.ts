import { Refused } from '../adapters/http.ts';
import { UnreadableIncident } from '../store/incidents.ts';

/** The errors of what was rejected. */
export const failuresOf = (outcomes: readonly PromiseSettledResult<unknown>[]): Error[] =>
  outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));

/** Ends with all that failed, once the rest is done. @throws AggregateError if anything did */
export function throwAny(failures: readonly Error[]): void {
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}

/** The names of errors that come again for the same message, whatever becomes of the world around. */
const OF_MESSAGES = ['TypeError', 'RangeError', 'SyntaxError', 'ValiError'];

/**
 * True if the message itself is at fault, or the code that reads it. In an outage a load balancer of AWS answers in words, which the SDK
 * reports as a `SyntaxError`: no message is to blame for an answer.
 */
export const isOfMessage = (error: unknown): error is Error =>
  error instanceof Error && OF_MESSAGES.includes(error.name) && !('$metadata' in error);

/** True if another attempt at the same message would fail as well: it would hold up all behind it. */
export const failsForGood = (error: unknown): error is Error =>
  error instanceof Refused || error instanceof UnreadableIncident || isOfMessage(error);
