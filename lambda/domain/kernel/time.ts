const MINUTE = 60_000;

/** ISO 8601 in UTC, `minutes` after `iso`. */
export const plusMinutes = (iso: string, minutes: number) => new Date(Date.parse(iso) + minutes * MINUTE).toISOString();

/** Minutes from `start` to `end`, with fractions. @throws RangeError when one is no time: nothing would ever be due by it */
export function minutesBetween(start: string, end: string): number {
  const minutes = minutesIfKnown(start, end);
  if (Number.isNaN(minutes)) throw new RangeError(`no time: ${start} or ${end}`);
  return minutes;
}

/** The same where nothing is due by it; NaN when one is no time. */
export const minutesIfKnown = (start: string, end: string) => (Date.parse(end) - Date.parse(start)) / MINUTE;

/** `HH:MM` in UTC. */
export const clock = (iso: string) => iso.slice(11, 16);

/** `YYYY-MM-DD HH:MM UTC`. */
export const dateTime = (iso: string) => `${iso.slice(0, 10)} ${clock(iso)} UTC`;

/** `HH:MM` in UTC, preceded by the date where that is not the day of `since`. */
export const clockSince = (since: string, iso: string) =>
  since.slice(0, 10) === iso.slice(0, 10) ? clock(iso) : `${iso.slice(0, 10)} ${clock(iso)}`;

/** "15 minutes", "2 hours", "1 hour 20 minutes". */
export function duration(minutes: number): string {
  const whole = Math.max(0, Math.round(minutes));
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  const unit = (n: number, name: string) => `${n} ${name}${n === 1 ? '' : 's'}`;
  if (hours === 0) return unit(rest, 'minute');
  return rest === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(rest, 'minute')}`;
}
