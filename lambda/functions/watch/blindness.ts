import { startResponse } from '../../adapters/step-functions.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Policy } from '../../domain/incident/policy.ts';
import { blindSignals, MONITORING } from '../../domain/intake/blindness.ts';
import type { DescribedAlarm } from '../../domain/intake/described-alarm.ts';
import { receive } from '../../runtime/command-handler.ts';
import { service } from '../../runtime/environment.ts';

/** Alarms whose metrics have stopped open an incident that says so. While people look into another trouble, its diagnosis says it. */
export async function lookForBlindness(
  alarms: readonly DescribedAlarm[],
  open: readonly Incident[],
  policies: Record<string, Policy>,
): Promise<void> {
  const policy = policies[MONITORING];
  if (!policy || open.some(({ playbook, policy }) => playbook !== MONITORING && !policy.playbook.independent)) return;
  for (const signal of blindSignals(service(), alarms, policies, new Date().toISOString())) {
    const { incident, events } = await receive(signal, policy);
    if (incident && events.some(({ type }) => type === 'ResponseRequested')) await startResponse(incident);
  }
}
