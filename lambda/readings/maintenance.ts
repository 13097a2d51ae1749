import { errorWords } from '../adapters/error-words.ts';
import { activeMuteRules } from '../adapters/mute-rules.ts';
import { readSwitches, type Switches, unreadableSwitches } from '../adapters/parameters.ts';
import type { Readings } from '../domain/incident/commands.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { lasts, type Maintenance } from '../domain/incident/maintenance.ts';
import type { Signal } from '../domain/incident/signal.ts';
import type { DescribedAlarm } from '../domain/intake/described-alarm.ts';
import { toldMaintenance, withMaintenance } from '../domain/intake/maintenance.ts';
import { observedSignals } from '../domain/intake/observed-alarms.ts';
import { readabilityOf } from '../domain/intake/readable-alarms.ts';
import { deployed } from '../runtime/deployed.ts';
import { inTime } from '../runtime/in-time.ts';

/** Seconds for each source of maintenance: whoever asks has something more urgent to do than to wait for it. */
const SECONDS = 4;

/** The windows of people and announcements in force. What cannot be read is none: people may be told. */
export async function windowsInForce(): Promise<Maintenance[]> {
  const [switches, announced] = await Promise.all([switchesNow(), announcedNow()]);
  return [...personsWindow(switches), ...known(announced)];
}

/** All maintenance in force. What cannot be read is none: people may be told. */
export const maintenanceInForce = async (described: readonly DescribedAlarm[]): Promise<Maintenance[]> =>
  inForce(await readMaintenance(described));

export const inForce = ({ switches, others }: MaintenanceRead): Maintenance[] => [
  ...personsWindow(switches),
  ...others,
];

/** The readings of the guardrails: while mute rules or announcements cannot be read, nobody knows what they cover. */
export const guardrailReadings = ({
  switches: { automation, maintenanceUntil },
  others,
  isComplete,
}: MaintenanceRead): Pick<Readings, 'automation' | 'maintenanceUntil' | 'maintenance'> => ({
  ...{ automation, maintenanceUntil },
  maintenance: isComplete ? others : 'unreadable',
});

export interface MaintenanceRead {
  switches: Switches;
  /** The maintenance in force that is no person's window. */
  others: readonly Maintenance[];
  /** The mute rules and the announcements could be read. */
  isComplete: boolean;
  /** The settings that could not be read, each with the reason. */
  unread: readonly string[];
}

export async function readMaintenance(described: readonly DescribedAlarm[]): Promise<MaintenanceRead> {
  const [switches, announced, rules] = await Promise.all([switchesNow(), announcedNow(), muteRulesNow()]);
  const unread = [announced, rules].filter(found => typeof found === 'string');
  return {
    switches,
    others: [...suppressions(described), ...known(announced), ...known(rules)],
    isComplete: unread.length === 0,
    unread: [
      ...(switches.unread ? [`the kill switch and the maintenance window cannot be read: ${switches.unread}`] : []),
      ...unread,
    ],
  };
}

/** The maintenance in force that is known without the store, in which announcements stand. What cannot be read is none. */
export async function maintenanceWithoutStore(): Promise<Maintenance[]> {
  const [switches, rules] = await Promise.all([switchesNow(), muteRulesNow()]);
  return [...personsWindow(switches), ...known(rules)];
}

/** The suppressions of composite alarms, as their own descriptions tell them. */
export const suppressions = (described: readonly DescribedAlarm[]): Maintenance[] =>
  described.flatMap(({ name, suppressed: reason }) =>
    reason ? [{ source: 'suppression', scope: { alarms: [name] }, reason }] : [],
  );

/** True while a window is open that a person has opened. */
export const isWindowOpen = async (): Promise<boolean> => personsWindow(await switchesNow()).length > 0;

/** The kill switch and the maintenance window; without an answer they count as unreadable. */
export const switchesNow = (): Promise<Switches> => {
  const { AUTOMATION_PARAMETER = '', MAINTENANCE_PARAMETER = '' } = process.env;
  return inTime(SECONDS, readSwitches(AUTOMATION_PARAMETER, MAINTENANCE_PARAMETER)).catch(unreadableSwitches);
};

function personsWindow({
  maintenanceUntil: until,
  maintenanceReason: reason = 'a window that a person has opened',
}: Pick<Switches, 'maintenanceUntil' | 'maintenanceReason'>): Maintenance[] {
  const isOpen = until !== undefined && Date.parse(until) > Date.now();
  return isOpen ? [{ source: 'person', scope: 'service', until, reason }] : [];
}

/** Maintenance of one source, or why it cannot be read. */
type Source = Maintenance[] | string;

/** A source that cannot be read has none. */
const known = (source: Source): Maintenance[] => (typeof source === 'string' ? [] : source);

const muteRulesNow = (): Promise<Source> => inTime(SECONDS, activeMuteRules()).catch(unreadable('mute rules'));

const announcedNow = (): Promise<Source> => readAnnounced().catch(unreadable('announcements'));

async function readAnnounced(): Promise<Maintenance[]> {
  const now = new Date().toISOString();
  const announced = (await deployed()).site?.maintenance ?? [];
  return announced
    .filter(({ from, to }) => !lasts({ until: from }, now) && lasts({ until: to }, now))
    .map(({ title: reason, to: until, components }) => ({
      ...{ source: 'announcement', scope: { components }, until, reason },
    }));
}

const unreadable =
  (what: string) =>
  (error: Error): string => {
    console.error({ message: `${what} cannot be read: ${error.message}`, error: error.name });
    return `${what} cannot be read: ${errorWords(error)}`;
  };

/** The signals of an incident's alarms as they were described, each with the maintenance in force for it. */
export function signalsWithMaintenance(
  incident: Incident,
  described: readonly DescribedAlarm[],
  inForce: readonly Maintenance[],
): Signal[] {
  const now = new Date().toISOString();
  const told = toldMaintenance(incident, readabilityOf(incident, described).unreadable, now);
  return withMaintenance(observedSignals(incident, described, now), [...inForce, ...told], incident.policy);
}
