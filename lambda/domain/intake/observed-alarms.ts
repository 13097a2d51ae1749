import type { Incident } from '../incident/incident.ts';
import {
  ALARM_STATES,
  type AlarmState,
  alarmKey,
  alarmOf,
  DRILL,
  DRILL_MINUTES,
  isDrill,
  type Signal,
} from '../incident/signal.ts';
import { clock, minutesBetween } from '../kernel/time.ts';
import { blindKey, blindOf } from './blindness.ts';

/** An alarm as CloudWatch describes it. */
export interface DescribedAlarm {
  name: string;
  description?: string | undefined;
  state?: AlarmState | undefined;
  reason?: string | undefined;
  /** When its state last changed, in ISO 8601 and UTC. */
  since?: string | undefined;
}

/** The names of the alarms behind an incident's signals. */
export const alarmNames = ({ signals }: Incident): string[] => [
  ...new Set(Object.keys(signals).flatMap(key => blindOf(key) ?? alarmOf(key) ?? [])),
];

/**
 * Signals of the alarms behind an incident, as CloudWatch describes them now. An alarm that was not found has an
 * unknown state.
 *
 * @param now ISO 8601 in UTC
 */
export function observedSignals(incident: Incident, alarms: readonly DescribedAlarm[], now: string): Signal[] {
  const keys = Object.keys(incident.signals);
  const found = new Map(alarms.map(alarm => [alarm.name, alarm]));
  return [
    ...keys.flatMap(key => blindOf(key) ?? []).map(name => blindSignal(incident, name, found.get(name), now)),
    ...keys
      .flatMap(key => alarmOf(key) ?? [])
      .flatMap(name => alarmSignal(incident, found.get(name) ?? missingAlarm(incident, name), now) ?? []),
  ];
}

/** The signal of an alarm that was without data. An alarm that has data again, or is deleted, has cleared it. */
function blindSignal(
  { signals, service, playbook }: Incident,
  name: string,
  found: DescribedAlarm | undefined,
  now: string,
): Signal {
  const blind = found?.state === 'INSUFFICIENT_DATA';
  const at = found?.since ?? now;
  const key = blindKey(name);
  const summary = blind ? (signals[key]?.summary ?? name) : `Data again since ${clock(at)} UTC: ${name}`;
  const id = `observed/${key}/${at}`;
  return { id, key, state: blind ? 'firing' : 'cleared', level: 'warning', service, playbook, at, summary };
}

/** The signal has the date of the last known state, so that the alarm counts again if it comes back unchanged. */
const missingAlarm = ({ signals }: Incident, name: string): DescribedAlarm => ({
  name,
  state: 'INSUFFICIENT_DATA',
  reason: 'there is no such alarm',
  since: signals[alarmKey(name)]?.at ?? new Date(0).toISOString(),
});

function alarmSignal(
  { service, playbook, signals }: Incident,
  { name, description, state: described, reason, since: at }: DescribedAlarm,
  now: string,
): Signal | undefined {
  const key = alarmKey(name);
  const known = signals[key];
  if (!known || !described || !at) return undefined;
  const state = ALARM_STATES[described];
  const title = description ?? name;
  const drill = isDrill(reason, minutesBetween(at, now));
  const outlastsDrill = reason?.startsWith(DRILL) && !drill;
  const current = state === known.state ? known.summary : `${title}: ${reason ?? described}`;
  const summary = outlastsDrill
    ? `${title}: still ${described} ${DRILL_MINUTES} min after it was set for a drill`
    : current;
  const id = `observed/${key}/${at}${outlastsDrill ? '/outlasts the drill' : ''}`;
  return { id, key, state, level: known.level, service, playbook, at, summary, ...(drill ? { drill } : {}) };
}
