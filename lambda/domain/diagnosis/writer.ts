import * as v from 'valibot';
import { LATE_SECONDS, type Point } from '../kernel/latest.ts';

/** How the database answers over the endpoint of its writer. It may answer nothing: then nobody can tell. */
export const WriterState = v.variant('answered', [
  v.object({
    answered: v.literal(true),
    /** Whoever writes is refused. */
    readOnly: v.boolean(),
    /** A setting makes every transaction of this user read-only: what others may do cannot be told from it. */
    bySetting: v.boolean(),
  }),
  v.object({ answered: v.literal(false), reason: v.string() }),
]);
export type WriterState = v.InferOutput<typeof WriterState>;

/** What is asked of the database, and needs no rights. */
export const ASK_WRITER =
  "SELECT current_setting('transaction_read_only') AS read_only, " +
  "current_setting('default_transaction_read_only') AS by_default, pg_is_in_recovery() AS in_recovery";

export const WriterRow = v.object({ read_only: v.string(), by_default: v.string(), in_recovery: v.boolean() });

/**
 * An instance in recovery is a reader, whatever RDS calls it. A transaction that is read-only by its default says nothing of
 * the instance: users who are to look only have it so.
 */
export function judgeWriter({ read_only, by_default, in_recovery }: v.InferOutput<typeof WriterRow>): WriterState {
  const bySetting = by_default === 'on';
  return { answered: true, readOnly: in_recovery || (read_only === 'on' && !bySetting), bySetting };
}

/**
 * Minutes for which the writer must have been lost before anything is done about it. Aurora's own failover usually takes less
 * than a minute, and two with what DNS and clients need; the third is for the rhythm of what measures once a minute.
 */
export const FAILOVER_MINUTES = 3;

/** As many measurements in a row lie further apart than a failover takes, wherever in their minutes they were made. */
export const LOST_IN_A_ROW = FAILOVER_MINUTES + 1;

const MINUTE = 60_000;

/**
 * Whole minutes for which the probe has seen it without a break, at least. A minute that is missing is a break, unless its
 * measurement may still come.
 */
export function minutesLost(points: readonly Point[], now: Date): number {
  const newest = points.at(-1);
  if (!newest || now.getTime() - newest.at > LATE_SECONDS * 1000 + 2 * MINUTE) return 0;
  let since: number | undefined;
  for (const { at, value } of points.toReversed()) {
    if (value < 1 || (since !== undefined && since - at > MINUTE)) break;
    since = at;
  }
  // A point is dated by the beginning of the minute in which it was measured.
  return since === undefined ? 0 : Math.max(0, Math.floor((now.getTime() - since) / MINUTE) - 1);
}
