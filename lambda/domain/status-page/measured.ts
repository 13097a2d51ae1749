import type { MeasuredUptime } from './site.ts';

const DAY_MINUTES = 1440;

/** How many measurements there were in a day, or in a minute, that began at `at`, in milliseconds. */
interface Counted {
  at: number;
  value: number;
}

/** What is known of how much was measured. The probe measures once a minute, and now and then twice. */
export const measuredUptime = (days: readonly Counted[], minutes: readonly Counted[]): MeasuredUptime => {
  const last = minutes.at(-1);
  return {
    days: Object.fromEntries(days.map(({ at, value }) => [iso(at).slice(0, 10), Math.min(1, value / DAY_MINUTES)])),
    ...(last ? { lastAt: iso(last.at) } : {}),
  };
};

const iso = (at: number) => new Date(at).toISOString();
