import { clock } from './time.ts';

/** The value of one period. */
export interface Point {
  /** When the period began, in milliseconds. */
  at: number;
  value: number;
}

/** Seconds that a metric may be late. CloudWatch documents no limit; this is the lateness that we tolerate. */
export const LATE_SECONDS = 180;

/** Whole periods without a value, beyond lateness, after which the last value is no longer current. */
const STALE_PERIODS = 2;

/**
 * The last value of a metric with the end of its period, or the time since which there is none. Undefined if there has
 * never been one.
 */
export type Latest = { value: number; measuredAt: string } | { silentSince: string } | undefined;

/**
 * The latest whole period of a series, if it is current. CloudWatch also returns the period that is still running,
 * whose sum is incomplete.
 */
export function latest(points: readonly Point[] | undefined, period: number, now: Date): Latest {
  const ended = (at: number) => at + period * 1000;
  const last = points?.findLast(({ at }) => ended(at) <= now.getTime());
  if (!last) return undefined;
  const at = new Date(ended(last.at)).toISOString();
  const isStale = now.getTime() - ended(last.at) > (STALE_PERIODS * period + LATE_SECONDS) * 1000;
  return isStale ? { silentSince: at } : { value: last.value, measuredAt: at };
}

export const valueIn = (found: Latest): number | undefined => (found && 'value' in found ? found.value : undefined);

/** "not reported since 09:02" in UTC, or "not reported" if there has never been a value. */
export const silence = (found: Latest): string =>
  found && 'silentSince' in found ? `not reported since ${clock(found.silentSince)}` : 'not reported';

/** The facts that have a current value, and when each was measured. */
export function known(found: Record<string, Latest>): {
  facts: Record<string, number>;
  times: Record<string, string>;
} {
  const measured = Object.entries(found).flatMap(([fact, latestValue]) =>
    latestValue && 'value' in latestValue ? [[fact, latestValue] as const] : [],
  );
  return {
    facts: Object.fromEntries(measured.map(([fact, { value }]) => [fact, value])),
    times: Object.fromEntries(measured.map(([fact, { measuredAt }]) => [fact, measuredAt])),
  };
}
