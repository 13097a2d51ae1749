import { BOUNDS, sizeOf } from '../incident/bounds.ts';
import type { Command } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { DescribedAlarm } from './described-alarm.ts';
import { alarmBehind } from './observed-alarms.ts';

/** Alarms in one event, and bytes of their keys: a key that is cut is that of no alarm, so the event must fit as it is. */
const TOGETHER = { alarms: 10, bytes: BOUNDS.event - 500 };

type ReadabilityEvent = Extract<Event, { type: 'AlarmsUnreadable' | 'AlarmsReadable' }>;

type Readability = Pick<Extract<Command, { type: 'note readable alarms' }>, 'readable' | 'unreadable'>;

/** The keys of an incident's signals whose alarms were found, and of those whose alarms were not. */
export function readabilityOf({ signals }: Incident, found: readonly DescribedAlarm[]): Readability {
  const names = new Set(found.map(({ name }) => name));
  const keys = Object.keys(signals).filter(key => alarmBehind(key) !== undefined);
  const isFound = (key: string) => names.has(alarmBehind(key) ?? '');
  return { readable: keys.filter(isFound), unreadable: keys.filter(key => !isFound(key)) };
}

/** The news for people of alarms that cannot be read any more, or can again. */
export function readabilityEvents({ signals }: Incident, { readable, unreadable }: Readability): ReadabilityEvent[] {
  const lost = unreadable.filter(key => signals[key] && !signals[key].unreadable);
  const back = readable.filter(key => signals[key]?.unreadable);
  return [
    ...together(lost).map(keys => ({ type: 'AlarmsUnreadable' as const, keys })),
    ...together(back).map(keys => ({ type: 'AlarmsReadable' as const, keys })),
  ];
}

function together(keys: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const key of keys) {
    const group = groups.at(-1);
    const hasRoom = group && group.length < TOGETHER.alarms && sizeOf([...group, key]) <= TOGETHER.bytes;
    if (hasRoom) group.push(key);
    else groups.push([key]);
  }
  return groups;
}
