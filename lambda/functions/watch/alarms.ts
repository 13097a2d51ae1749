import { alarmsIn, alarmsNamed } from '../../adapters/alarms.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import type { Maintenance } from '../../domain/incident/maintenance.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { alarmNames } from '../../domain/intake/observed-alarms.ts';
import { readabilityEvents, type readabilityOf } from '../../domain/intake/readable-alarms.ts';
import { maintenanceInForce, suppressions } from '../../readings/maintenance.ts';
import { type PartlyRead, readAlarmsInAlarm } from '../../readings/red-alarms.ts';
import { commit } from '../../runtime/command-handler.ts';
import { inTime } from '../../runtime/in-time.ts';
import { keyOf } from '../../store/keys.ts';

/**
 * The alarms of this minute, asked for once for all incidents. Each question is one of its own: one that nobody answers takes nothing
 * from the others.
 */
export interface Alarms {
  red: Promise<PartlyRead>;
  withoutData: Promise<readonly DescribedAlarm[]>;
  /** The alarms behind open incidents, in any state. */
  known: Promise<readonly DescribedAlarm[]>;
  /** The maintenance in force for alarms as they were described; what needs to be asked for is asked for once in the minute. */
  maintenance: (described: readonly DescribedAlarm[]) => Promise<readonly Maintenance[]>;
}

/** Seconds for the alarms of open incidents, and for those without data, which are many where much is switched off at night. */
const SECONDS = { known: 6, withoutData: 15 };

export function readAlarms(open: readonly Incident[]): Alarms {
  const names = [...new Set(open.flatMap(alarmNames))];
  let inForce: Promise<readonly Maintenance[]> | undefined;
  return {
    red: readAlarmsInAlarm(),
    withoutData: inTime(SECONDS.withoutData, alarmsIn('INSUFFICIENT_DATA')),
    known: inTime(SECONDS.known, alarmsNamed(names)),
    maintenance: async described => {
      inForce ??= maintenanceInForce([]);
      return [...(await inForce), ...suppressions(described)];
    },
  };
}

/** CloudWatch does not say what is red, or not all of it: nobody sees how the service is. */
export class AlarmsUnread extends Error {
  override name = 'AlarmsUnread';
}

/** Says on the timeline, once, that alarms cannot be read, and that they can again; of many in several commits, which have a bound. */
export async function commitReadability(
  incident: Incident,
  alarms: ReturnType<typeof readabilityOf>,
): Promise<Incident> {
  let known = incident;
  for (const event of isOpen(incident) ? readabilityEvents(incident, alarms) : []) {
    const [readable, unreadable] = event.type === 'AlarmsReadable' ? [event.keys, []] : [[], event.keys];
    const command = { type: 'note readable alarms', id: `readable/${known.version}`, readable, unreadable } as const;
    const { incident: after } = await commit(keyOf(known), command);
    known = after ?? known;
  }
  return known;
}
