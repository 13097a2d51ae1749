import { ALARM_TAGS, alarmPrefix, isDrill, type SignalLevel } from '../domain/incident/signal.ts';
import { alarmWords } from '../domain/intake/alarm-words.ts';
import { minutesBetween } from '../domain/kernel/time.ts';
import type { RedAlarm } from '../domain/on-call/direct-page.ts';
import { alarmsIn, taggedAlarms } from './alarms.ts';

/**
 * The alarms of a service that are red, those of playbooks and those of users, by their tags; without what is red for a drill.
 * When tags cannot be read, the alarms of playbooks are known by their names, and their level is not.
 */
export async function readRedAlarms(service: string, now: string): Promise<RedAlarm[]> {
  const [red, tags = {}] = await Promise.all([alarmsIn('ALARM'), taggedAlarms(service)]);
  return red.flatMap(({ name, reason, since, ...alarm }) => {
    const isOurs = name in tags || name.startsWith(alarmPrefix(service));
    if (!isOurs || !since || isDrill(reason, minutesBetween(since, now))) return [];
    const level = levelOf(tags[name]?.[ALARM_TAGS.level]);
    return [{ name, title: alarmWords({ ...alarm, name, reason, state: 'ALARM', level }), since, level }];
  });
}

const levelOf = (level: string | undefined): SignalLevel | undefined =>
  level === 'info' || level === 'warning' || level === 'critical' ? level : undefined;
