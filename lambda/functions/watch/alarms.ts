import { alarmsIn, alarmsNamed } from '../../adapters/alarms.ts';
import { type Incident, isOpen } from '../../domain/incident/incident.ts';
import type { Maintenance } from '../../domain/incident/maintenance.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { alarmNames } from '../../domain/intake/observed-alarms.ts';
import { readabilityEvents, type readabilityOf } from '../../domain/intake/readable-alarms.ts';
import { maintenanceInForce } from '../../readings/maintenance.ts';
import { commit } from '../../runtime/command-handler.ts';
import { deployedPolicy } from '../../runtime/deployed.ts';
import { keyOf } from '../../store/keys.ts';
import { lookForBlindness } from './blindness.ts';
import { openForRedAlarms } from './red-alarms.ts';

/** The alarms of this minute, asked for once for all incidents. */
export interface Alarms {
  red: readonly DescribedAlarm[];
  withoutData: readonly DescribedAlarm[];
  /** The alarms behind open incidents, in any state. */
  known: readonly DescribedAlarm[];
  /** Asks for the maintenance in force, once in the minute. */
  maintenance: () => Promise<readonly Maintenance[]>;
}

export async function readAlarms(open: readonly Incident[]): Promise<Alarms> {
  const names = [...new Set(open.flatMap(alarmNames))];
  const [red, withoutData, known] = await Promise.all([
    alarmsIn('ALARM'),
    alarmsIn('INSUFFICIENT_DATA'),
    alarmsNamed(names),
  ]);
  let inForce: Promise<readonly Maintenance[]> | undefined;
  const maintenance = () => {
    inForce ??= maintenanceInForce([...red, ...withoutData, ...known]);
    return inForce;
  };
  return { red, withoutData, known, maintenance };
}

/** Says on the timeline, once, that alarms cannot be read, and that they can again. */
export async function commitReadability(
  incident: Incident,
  alarms: ReturnType<typeof readabilityOf>,
): Promise<Incident> {
  if (!isOpen(incident) || readabilityEvents(incident, alarms).length === 0) return incident;
  const id = `readable/${incident.version}`;
  return (await commit(keyOf(incident), { type: 'note readable alarms', id, ...alarms })).incident ?? incident;
}

/** Opens incidents for alarms that are red or blind without one. */
export async function openForAlarms(alarms: Promise<Alarms>, open: readonly Incident[]): Promise<void> {
  const { red, withoutData, maintenance } = await alarms;
  const policy = await deployedPolicy();
  await openForRedAlarms(red, open, policy, maintenance);
  await lookForBlindness(withoutData, open, policy, maintenance);
}
