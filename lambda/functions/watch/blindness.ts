import { alarmsWithoutData } from '../../adapters/cloudwatch.ts';
import { startResponse } from '../../adapters/step-functions.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { alarmPrefix } from '../../domain/incident/signal.ts';
import { blindSignals, MONITORING } from '../../domain/intake/blindness.ts';
import { receive } from '../../runtime/command-handler.ts';
import { deployedPolicies } from '../../runtime/deployed.ts';
import { service } from '../../runtime/environment.ts';

/** Alarms whose metrics have stopped open an incident that says so. While people look into another trouble, its diagnosis says it. */
export async function lookForBlindness(open: readonly Incident[]): Promise<void> {
  const policies = await deployedPolicies();
  const policy = policies[MONITORING];
  if (!policy || open.some(({ playbook, policy }) => playbook !== MONITORING && !policy.playbook.independent)) return;
  const alarms = await alarmsWithoutData(alarmPrefix(service()));
  for (const signal of blindSignals(service(), alarms, policies, new Date().toISOString())) {
    const { incident, events } = await receive(signal, policy);
    if (incident && events.some(({ type }) => type === 'ResponseRequested')) await startResponse(incident);
  }
}
