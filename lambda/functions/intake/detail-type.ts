import type { QueuedMessage } from '../../adapters/signal-queue.ts';

/** True if the message holds an event of this type. */
export function hasDetailType({ body }: QueuedMessage, type: string): boolean {
  // Most messages are alarms, which need not be parsed twice.
  return body.includes(type) && detailTypeOf(body) === type;
}

function detailTypeOf(body: string): unknown {
  try {
    return JSON.parse(body)?.['detail-type'];
  } catch {
    return undefined;
  }
}
