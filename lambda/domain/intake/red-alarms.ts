import type { Incident } from '../incident/incident.ts';
import { alarmKey, isDrill, type RedSince, type Signal } from '../incident/signal.ts';
import { minutesBetween } from '../kernel/time.ts';
import type { AlarmRoute } from './alarm-route.ts';
import { alarmWords } from './alarm-words.ts';
import type { DescribedAlarm } from './described-alarm.ts';
import { FIRST_MINUTES, isUnmeasured } from './first-judgement.ts';

/** Minutes for which an alarm must be red before it is made up for: until then its event may still be on its way. */
const RED_MINUTES = 2;

/** An alarm that is red, since a known time. */
export type RedAlarm = DescribedAlarm & RedSince;

/**
 * The alarms that have been red for long enough, and that no open incident knows, the longest red first: an incident begins with
 * its first signal. An alarm that is red for a drill is accounted for.
 */
export const redAlarms = (alarms: readonly DescribedAlarm[], open: readonly Incident[], now: string): RedAlarm[] =>
  alarms
    .filter((alarm): alarm is RedAlarm => {
      const { name, state, reason, since } = alarm;
      if (state !== 'ALARM' || since === undefined) return false;
      const minutes = minutesBetween(since, now);
      return (
        minutes >= (isUnmeasured(reason) ? FIRST_MINUTES : RED_MINUTES) &&
        !isDrill(reason, minutes) &&
        !open.some(({ signals }) => alarmKey(name) in signals)
      );
    })
    .toSorted((a, b) => a.since.localeCompare(b.since));

/** The signal of a red alarm whose event was lost, or came to nothing. */
export const redSignal = (
  { name, since, ...alarm }: RedAlarm,
  route: Exclude<AlarmRoute, { fault: string }>,
  service: string,
): Signal => ({
  id: `observed/${alarmKey(name)}/${since}/firing`,
  key: alarmKey(name),
  state: 'firing',
  ...route,
  service,
  at: since,
  summary: alarmWords({ ...alarm, name, state: 'ALARM', level: route.level }),
});

/**
 * The signal of an alarm that is red an hour after an incident was resolved in spite of it: it names that incident, which knows
 * the alarm's own time already.
 */
export const stillRedSignal = (signal: Signal, { id }: Incident, now: string): Signal => ({
  ...signal,
  id: `${signal.id}/after ${id}`,
  at: now,
  summary: `${signal.summary} (red since before ${id} was resolved)`,
});
