import type { Drift } from '../on-call/subscriptions.ts';

/** The fields of the template `messages/not-reached.txt`. */
export interface NotReachedFields {
  /** The service's title. */
  service: string;
  people: Drift['notReached'];
  /** The levels at which a page would wake nobody. */
  levels: readonly number[];
  troubles: readonly string[];
}
