import { type Incident, playbookOf } from '../../domain/incident/incident.ts';
import { type Policy, playbookNamed } from '../../domain/incident/policy.ts';
import { blindSignals, MONITORING } from '../../domain/intake/blindness.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { withMaintenance } from '../../domain/intake/maintenance.ts';
import { receive } from '../../runtime/command-handler.ts';
import { service } from '../../runtime/environment.ts';
import type { Alarms } from './alarms.ts';
import { start } from './start.ts';

/** Alarms whose metrics have stopped open an incident that says so. While people look into another trouble, its diagnosis says it. */
export async function lookForBlindness(
  alarms: readonly DescribedAlarm[],
  open: readonly Incident[],
  policy: Policy,
  maintenance: Alarms['maintenance'],
): Promise<void> {
  if (!playbookNamed(policy, MONITORING) || open.some(incident => !playbookOf(incident).independent)) return;
  const blind = blindSignals(service(), alarms, policy, new Date().toISOString());
  if (blind.length === 0) return;
  for (const signal of withMaintenance(blind, await maintenance(alarms), policy)) {
    const { incident, events } = await receive(signal, policy);
    if (incident && events.some(({ type }) => type === 'ResponseRequested')) await start(incident);
  }
}
