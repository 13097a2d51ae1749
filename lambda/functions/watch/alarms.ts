import { alarmsIn, alarmsNamed } from '../../adapters/alarms.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { alarmNames } from '../../domain/intake/observed-alarms.ts';
import { deployedPolicy } from '../../runtime/deployed.ts';
import { lookForBlindness } from './blindness.ts';
import { openForRedAlarms } from './red-alarms.ts';

/** The alarms of this minute, asked for once for all incidents. */
export interface Alarms {
  red: readonly DescribedAlarm[];
  withoutData: readonly DescribedAlarm[];
  /** The alarms behind open incidents, in any state. */
  known: readonly DescribedAlarm[];
}

export async function readAlarms(open: readonly Incident[]): Promise<Alarms> {
  const names = [...new Set(open.flatMap(alarmNames))];
  const [red, withoutData, known] = await Promise.all([
    alarmsIn('ALARM'),
    alarmsIn('INSUFFICIENT_DATA'),
    alarmsNamed(names),
  ]);
  return { red, withoutData, known };
}

/** Opens incidents for alarms that are red or blind without one. */
export async function openForAlarms(alarms: Promise<Alarms>, open: readonly Incident[]): Promise<void> {
  const { red, withoutData } = await alarms;
  const policy = await deployedPolicy();
  await openForRedAlarms(red, open, policy);
  await lookForBlindness(withoutData, open, policy);
}
