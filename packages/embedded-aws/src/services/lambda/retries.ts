import { ServiceError } from '../../account/account.ts';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';

const THROTTLED = new Set([
  ...['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'],
  'ProvisionedThroughputExceededException',
]);

const TRANSIENT = new Set(['ServiceUnavailable', 'InternalServerError', 'TimeoutError']);

/** Attempts of the SDK in its standard mode, if a client says nothing. */
export const ATTEMPTS = 3;

/** Milliseconds of the first pause, and the longest. */
const PAUSE = { throttled: 500, transient: 100, longest: 20_000 };

/** True for an error after which the SDK tries again. */
const isRetried = (error: unknown): error is ServiceError =>
  error instanceof ServiceError && (THROTTLED.has(error.name) || TRANSIENT.has(error.name));

/** Tries as the SDK's clients do in their standard mode: again after what passes, with growing pauses of random length. */
export async function retried<Result>(
  attempt: () => Promise<Result>,
  attempts: number,
  clock: Clock,
  random: Random,
): Promise<Result> {
  for (let failed = 0; ; failed++)
    try {
      return await attempt();
    } catch (error) {
      if (!isRetried(error) || failed + 1 >= attempts) throw error;
      const first = THROTTLED.has(error.name) ? PAUSE.throttled : PAUSE.transient;
      await clock.wait(random.next() * Math.min(PAUSE.longest, first * 2 ** failed));
    }
}
