import { Unsupported } from '../unsupported.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The years for which a time is looked for; EventBridge knows 1970 to 2199. */
const YEARS = 8;

/** The values that each field of a cron expression may have, in its order. */
const FIELDS = [
  ['minutes', 0, 59],
  ['hours', 0, 23],
  ['day of month', 1, 31],
  ['month', 1, 12],
] as const;

/** A rule's schedule: every so many minutes, or at certain times, UTC. */
export type Schedule =
  | { every: number }
  | {
      /** The first time after `now`, in milliseconds since 1970. */
      next: (now: number) => number;
    };

/** Reads `rate(5 minutes)` and `cron(0 9 1 1,4 ? *)`. @throws Unsupported for anything else, e.g. days of the week. */
export function parseSchedule(expression: string, where: string): Schedule {
  const refuse = () => new Unsupported(where, `the schedule ${expression}`);
  const minutes = /^rate\((\d+) minutes?\)$/.exec(expression)?.[1];
  if (minutes) return { every: Number(minutes) * MINUTE };
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(' ') ?? [];
  const [weekday, year] = fields.slice(FIELDS.length);
  if (fields.length !== 6 || weekday !== '?' || year !== '*') throw refuse();
  const [minute, hour, day, month] = FIELDS.map(([, from, to], i) => {
    const values = valuesOf(fields[i] ?? '', from, to);
    if (!values) throw refuse();
    return values;
  });
  const next = (now: number): number => {
    const last = now + YEARS * 365 * DAY;
    let at = Math.floor(now / MINUTE) * MINUTE + MINUTE;
    while (at <= last) {
      const date = new Date(at);
      if (!month?.has(date.getUTCMonth() + 1) || !day?.has(date.getUTCDate())) at = Math.floor(at / DAY) * DAY + DAY;
      else if (!hour?.has(date.getUTCHours()) || !minute?.has(date.getUTCMinutes())) at += MINUTE;
      else return at;
    }
    throw new Unsupported(where, `the schedule ${expression}, which names no time in ${YEARS} years`);
  };
  return { next };
}

/** `*`, and lists of numbers and ranges; undefined where the field is anything else, or names a number that it cannot have. */
function valuesOf(field: string, from: number, to: number): Set<number> | undefined {
  if (field === '*') return range(from, to);
  const parts = field.split(',').map(part => /^(\d+)(?:-(\d+))?$/.exec(part));
  const values = parts.flatMap(part => (part ? [...range(Number(part[1]), Number(part[2] ?? part[1]))] : [Number.NaN]));
  return values.every(value => value >= from && value <= to) ? new Set(values) : undefined;
}

const range = (from: number, to: number) => new Set(Array.from({ length: to - from + 1 }, (_, i) => from + i));
