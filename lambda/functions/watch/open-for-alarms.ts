import type { Incident } from '../../domain/incident/incident.ts';
import { deployedPolicy } from '../../runtime/deployed.ts';
import { failuresOf, throwAny } from '../../runtime/failures.ts';
import { type Alarms, AlarmsUnread } from './alarms.ts';
import { lookForBlindness } from './blindness.ts';
import { openForRedAlarms } from './red-alarms.ts';

/** Opens incidents for alarms that are red or blind without one. One that fails holds up no other. */
export async function openForAlarms(alarms: Alarms, open: readonly Incident[]): Promise<void> {
  const { red, withoutData, maintenance } = alarms;
  const policy = await deployedPolicy();
  const openForRed = async () => {
    const { alarms, failure } = await red;
    const [outcome] = await Promise.allSettled([openForRedAlarms(alarms, open, policy, maintenance)]);
    const unread = failure ? [new AlarmsUnread(`what is red cannot be read: ${failure.message}`)] : [];
    throwAny([...unread, ...failuresOf([outcome])]);
  };
  const lookForBlind = async () => lookForBlindness(await withoutData, open, policy, maintenance);
  throwAny(failuresOf(await Promise.allSettled([openForRed(), lookForBlind()])));
}
