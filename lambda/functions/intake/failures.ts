import { publishMetrics } from '../../adapters/cloudwatch.ts';
import { type QueuedMessage, retrySoon, setAside } from '../../adapters/signal-queue.ts';
import { PROBE_NAMESPACE, SIGNALS_SET_ASIDE } from '../../domain/kernel/probe-metrics.ts';
import { service } from '../../runtime/environment.ts';
import { isOfMessage } from '../../runtime/failures.ts';
import { inTime } from '../../runtime/in-time.ts';

/** A message that could not be processed. */
export interface Failure {
  message: QueuedMessage;
  error: unknown;
}

/** The error by which AWS refuses a request for its content. */
const REFUSED = 'ValidationException';

/** True if the message can never be processed: trying again would hold up all behind it. */
export const isPoison = (error: unknown) => isOfMessage(error) || (error instanceof Error && error.name === REFUSED);

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
const tellOperations = () =>
  inTime(5, publishMetrics(PROBE_NAMESPACE, service(), { [SIGNALS_SET_ASIDE]: 1 }, new Date()));

const logged = (what: string) => (error: unknown) => {
  const { name, message } = error as Error;
  console.error({ message: `signal not received, ${what}: ${message}`, error: name });
  return false;
};
