import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { type QueuedMessage, retrySoon, setAside } from '../../adapters/signal-queue.ts';
import { PROBE_NAMESPACE, SIGNALS_SET_ASIDE } from '../../domain/kernel/probe-metrics.ts';
import { service } from '../../runtime/environment.ts';

/** A message that could not be processed. */
export interface Failure {
  message: QueuedMessage;
  error: unknown;
}

/** The names of errors that come again for the same message, whatever becomes of the world around. */
const FOR_GOOD = ['TypeError', 'RangeError', 'SyntaxError', 'ValiError'];

/** The error by which AWS refuses a request for its content. */
const REFUSED = 'ValidationException';

/**
 * True if the message can never be processed: trying again would hold up all behind it. In an outage a load balancer of AWS answers in
 * words, which the SDK reports as a `SyntaxError`: no message is to blame for an answer.
 */
export const isPoison = (error: unknown) =>
  error instanceof Error && (error.name === REFUSED || (FOR_GOOD.includes(error.name) && !('$metadata' in error)));

/** Puts poison aside, which pages, and lets the rest come again soon. Gives the answer to Lambda: the messages that stay in the queue. */
export async function retryOrSetAside(failures: readonly Failure[]): Promise<{ itemIdentifier: string }[]> {
  const isAside = await Promise.all(failures.map(tryToSetAside));
  const retried = failures.filter((_, i) => !isAside[i]).map(({ message }) => message);
  if (retried.length > 0) await retrySoon(retried).catch(logged('the messages come again in minutes only'));
  return retried.map(({ messageId }) => ({ itemIdentifier: messageId }));
}

async function tryToSetAside({ message, error }: Failure): Promise<boolean> {
  logged(isPoison(error) ? 'put aside' : 'tried again')(error);
  if (!isPoison(error)) return false;
  const reason = (error as Error).message;
  const isAside = await setAside(message, reason).then(() => true, logged('could not be put aside'));
  if (isAside) await tellOperations().catch(logged('operations are told late'));
  return isAside;
}

/** The queue of dead letters tells by itself, up to 15 minutes late. */
const tellOperations = () => publishMetrics(PROBE_NAMESPACE, service(), { [SIGNALS_SET_ASIDE]: 1 }, new Date());

const logged = (what: string) => (error: unknown) => {
  const { name, message } = error as Error;
  console.error({ message: `signal not received, ${what}: ${message}`, error: name });
  return false;
};
