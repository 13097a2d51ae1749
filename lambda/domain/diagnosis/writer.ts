import * as v from 'valibot';
import { LATE_SECONDS, type Point } from '../kernel/latest.ts';

/** The answer of the database at its writer endpoint. Without an answer its state is unknown. */
export const WriterState = v.variant('answered', [
  v.object({
    answered: v.literal(true),
    /** The database refuses writes. */
    readOnly: v.boolean(),
    /** A setting makes every transaction of this user read-only, so it shows nothing about other users. */
    bySetting: v.boolean(),
  }),
  v.object({ answered: v.literal(false), reason: v.string() }),
]);
export type WriterState = v.InferOutput<typeof WriterState>;

/** The query to the database. It needs no privileges. */
export const ASK_WRITER =
  "SELECT current_setting('transaction_read_only') AS read_only, " +
  "current_setting('default_transaction_read_only') AS by_default, pg_is_in_recovery() AS in_recovery";

export const WriterRow = v.object({ read_only: v.string(), by_default: v.string(), in_recovery: v.boolean() });

/**
 * An instance in recovery is a reader, whatever RDS reports. A transaction that is read-only by default shows nothing
 * about the instance: users that may only read have that default.
 */
export function judgeWriter({ read_only, by_default, in_recovery }: v.InferOutput<typeof WriterRow>): WriterState {
  const bySetting = by_default === 'on';
  return { answered: true, readOnly: in_recovery || (read_only === 'on' && !bySetting), bySetting };
}

/**
 * Minutes for which the writer must have been lost before anything is done. Aurora's own failover usually takes less
 * than a minute, and two minutes including DNS and clients; the third allows for measuring only once a minute.
 */
export const FAILOVER_MINUTES = 3;

/** Consecutive measurements that span more than a failover, wherever in their minutes they were taken. */
export const LOST_IN_A_ROW = FAILOVER_MINUTES + 1;

const MINUTE = 60_000;

/**
 * Whole minutes for which the probe has seen the loss without interruption, at least. A missing minute is an
 * interruption, unless its measurement may still arrive.
 */
export function minutesLost(points: readonly Point[], now: Date): number {
  const newest = points.at(-1);
  if (!newest || now.getTime() - newest.at > LATE_SECONDS * 1000 + 2 * MINUTE) return 0;
  let since: number | undefined;
  for (const { at, value } of points.toReversed()) {
    if (value < 1 || (since !== undefined && since - at > MINUTE)) break;
    since = at;
  }
  // The time of a point is the beginning of the minute in which it was measured.
  return since === undefined ? 0 : Math.max(0, Math.floor((now.getTime() - since) / MINUTE) - 1);
}
