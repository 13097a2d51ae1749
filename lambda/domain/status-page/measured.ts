import type { MeasuredUptime } from './site.ts';

const DAY_MINUTES = 1440;

/** The number of measurements in a day or minute that began at `at`, in milliseconds since 1970. */
interface Counted {
  at: number;
  value: number;
}

/** The share of each day that was measured. The probe measures once a minute, and now and then twice, hence the bound of 1. */
export const measuredUptime = (days: readonly Counted[], minutes: readonly Counted[]): MeasuredUptime => {
  const last = minutes.at(-1);
  return {
    days: Object.fromEntries(days.map(({ at, value }) => [iso(at).slice(0, 10), Math.min(1, value / DAY_MINUTES)])),
    ...(last ? { lastAt: iso(last.at) } : {}),
  };
};

const iso = (at: number) => new Date(at).toISOString();
