import type { Incident, KnownSignal } from '../incident/incident.ts';
import {
  ALARM_STATES,
  alarmKey,
  alarmOf,
  DRILL,
  DRILL_MINUTES,
  isDrill,
  parseAlarmArn,
  type Signal,
  type SignalState,
} from '../incident/signal.ts';
import { clock, minutesBetween } from '../kernel/time.ts';
import { alarmWords } from './alarm-words.ts';
import { blindKey, blindOf } from './blindness.ts';
import type { DescribedAlarm } from './described-alarm.ts';

/** The names of the alarms behind an incident's signals. Those of another account or region cannot be asked for. */
export function alarmNames({ signals }: Incident): string[] {
  const alarms = Object.keys(signals).flatMap(key => alarmBehind(key) ?? []);
  return [...new Set(alarms)].filter(alarm => !parseAlarmArn(alarm));
}

/** The alarm behind a signal's key: its name, or its ARN if it is elsewhere. Undefined when another source sent the signal. */
export const alarmBehind = (key: string) => blindOf(key) ?? alarmOf(key);

/**
 * Signals of the alarms behind an incident, as CloudWatch describes them now. An alarm that was not found is in another account or
 * region, or is deleted: absence is no state, so its last event stands.
 *
 * @param now ISO 8601 in UTC
 */
export function observedSignals(incident: Incident, alarms: readonly DescribedAlarm[], now: string): Signal[] {
  const found = new Map(alarms.map(alarm => [alarm.name, alarm]));
  return Object.keys(incident.signals).flatMap(key => {
    const blind = blindOf(key);
    const alarm = found.get(blind ?? alarmOf(key) ?? '');
    if (alarm) return (blind ? blindSignal(incident, alarm) : alarmSignal(incident, alarm, now)) ?? [];
    return blind || alarmOf(key) ? lastSignal(incident, key) : [];
  });
}

/** The last event of an alarm that cannot be read back. A flapping one is as its last change left it, which is not known here. */
function lastSignal({ signals, service }: Incident, key: string): Signal[] {
  const known = signals[key];
  if (!known || known.flapping) return [];
  const { playbook, state, level, at, summary } = known;
  const id = `observed/${key}/${at}/${state}`;
  const signal = { id, key, state, level, service, playbook, at, summary: `${summary} (${NOT_READ_BACK})` };
  return [{ ...signal, ...stillHeld(known, state) }];
}

/** Nobody has asked again what maintenance is in force: it is as it was. */
const stillHeld = ({ maintenance }: Pick<KnownSignal, 'maintenance'> = {}, state: SignalState) =>
  maintenance && state !== 'cleared' ? { maintenance } : {};

const NOT_READ_BACK = 'the alarm cannot be read here, so its last event stands';

/** The signal of an alarm that was without data. */
function blindSignal(
  { signals, service, playbook: lead }: Incident,
  { name, state, since: at }: DescribedAlarm,
): Signal | undefined {
  if (!at) return undefined;
  const blind = state === 'INSUFFICIENT_DATA';
  const key = blindKey(name);
  const summary = blind ? (signals[key]?.summary ?? name) : `Data again since ${clock(at)} UTC: ${name}`;
  const signal = blind ? 'firing' : 'cleared';
  const id = `observed/${key}/${at}/${signal}`;
  const { playbook = lead } = signals[key] ?? {};
  const still = stillHeld(signals[key], signal);
  return { id, key, state: signal, level: 'warning', service, playbook, at, summary, ...still };
}

function alarmSignal({ service, signals }: Incident, alarm: DescribedAlarm, now: string): Signal | undefined {
  const { name, state: described, reason, since: at } = alarm;
  const key = alarmKey(name);
  const known = signals[key];
  if (!known || !described || !at) return undefined;
  const state = ALARM_STATES[described];
  const drill = isDrill(reason, minutesBetween(at, now));
  const outlastsDrill = reason?.startsWith(DRILL) && !drill;
  const words = alarmWords({ ...alarm, level: known.level, state: described });
  const current = state === known.state ? known.summary : words;
  const summary = outlastsDrill
    ? `${words}: still ${described} ${DRILL_MINUTES} min after it was set for a drill`
    : current;
  const id = `observed/${key}/${at}/${state}${outlastsDrill ? '/outlasts the drill' : ''}`;
  const marks = { ...(drill ? { drill } : {}), ...stillHeld(known, state) };
  const { playbook, level } = known;
  return { id, key, state, level, service, playbook, at, summary, ...marks };
}
