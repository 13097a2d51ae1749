import { alarmsIn } from '../adapters/alarms.ts';
import type { MaintenanceScope } from '../domain/incident/maintenance.ts';
import { ALARM_TAGS, alarmPrefix, isDrill, type SignalLevel } from '../domain/incident/signal.ts';
import { alarmWords } from '../domain/intake/alarm-words.ts';
import type { DescribedAlarm } from '../domain/intake/described-alarm.ts';
import { minutesBetween } from '../domain/kernel/time.ts';
import type { RedAlarm } from '../domain/on-call/direct-page.ts';
import { inTime } from '../runtime/in-time.ts';
import { readTagsOfAlarms } from './alarm-tags.ts';
import { maintenanceWithoutStore, suppressions } from './maintenance.ts';

/** Seconds for all pages of what is red. */
const SECONDS = 6;

/** Alarms that were read, and why there may be others. */
export interface PartlyRead {
  alarms: readonly DescribedAlarm[];
  failure?: Error;
}

/** Every alarm of this account and region that is red. An alarm speaks for itself, so that half an answer is worth having. */
export async function readAlarmsInAlarm(): Promise<PartlyRead> {
  const alarms: DescribedAlarm[] = [];
  try {
    return { alarms: await inTime(SECONDS, alarmsIn('ALARM', alarms)) };
  } catch (error) {
    return { alarms: [...alarms], failure: error as Error };
  }
}

/**
 * The alarms of a service that are red, those of playbooks and those of users, by their tags; without what is red for a drill, or in
 * maintenance that is known without the store.
 * When tags cannot be read, the alarms of playbooks are known by their names, and their level is not.
 *
 * @throws when CloudWatch does not say what is red, and nothing of the service was among what it said
 */
export async function readRedAlarms(service: string, now: string): Promise<RedAlarm[]> {
  const [{ alarms, failure }, tags = {}, maintenance] = await Promise.all([
    ...([readAlarmsInAlarm(), readTagsOfAlarms(service)] as const),
    maintenanceWithoutStore(),
  ]);
  const inForce = [...maintenance, ...suppressions(alarms)];
  const red = alarms.flatMap(({ name, reason, since, ...alarm }) => {
    const isOurs = Object.hasOwn(tags, name) || name.startsWith(alarmPrefix(service));
    if (!isOurs || !since || isDrill(reason, minutesBetween(since, now))) return [];
    if (inForce.some(({ scope }) => isCovered(name, scope))) return [];
    const level = levelOf(tags[name]?.[ALARM_TAGS.level]);
    return [{ name, title: alarmWords({ ...alarm, name, reason, state: 'ALARM', level }), since, level }];
  });
  if (failure && red.length === 0) throw failure;
  return red;
}

const isCovered = (name: string, scope: MaintenanceScope) =>
  scope === 'service' || ('alarms' in scope && scope.alarms.includes(name));

const levelOf = (level: string | undefined): SignalLevel | undefined =>
  level === 'info' || level === 'warning' || level === 'critical' ? level : undefined;
