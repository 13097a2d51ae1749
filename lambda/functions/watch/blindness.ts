import { startResponse } from '../../adapters/step-functions.ts';
import { type Incident, playbookOf } from '../../domain/incident/incident.ts';
import type { Maintenance } from '../../domain/incident/maintenance.ts';
import { type Policy, playbookNamed } from '../../domain/incident/policy.ts';
import { blindSignals, MONITORING } from '../../domain/intake/blindness.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { withMaintenance } from '../../domain/intake/maintenance.ts';
import { receive } from '../../runtime/command-handler.ts';
import { service } from '../../runtime/environment.ts';

/** Alarms whose metrics have stopped open an incident that says so. While people look into another trouble, its diagnosis says it. */
export async function lookForBlindness(
  alarms: readonly DescribedAlarm[],
  open: readonly Incident[],
  policy: Policy,
  maintenance: () => Promise<readonly Maintenance[]>,
): Promise<void> {
  if (!playbookNamed(policy, MONITORING) || open.some(incident => !playbookOf(incident).independent)) return;
  const blind = blindSignals(service(), alarms, policy, new Date().toISOString());
  if (blind.length === 0) return;
  for (const signal of withMaintenance(blind, await maintenance(), policy)) {
    const { incident, events } = await receive(signal, policy);
    if (incident && events.some(({ type }) => type === 'ResponseRequested')) await startResponse(incident);
  }
}
