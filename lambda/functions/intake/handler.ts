import { readAlarmTags } from '../../adapters/cloudwatch.ts';
import { startResponse } from '../../adapters/step-functions.ts';
import type { Policy } from '../../domain/incident/policy.ts';
import { playbookOf } from '../../domain/intake/alarm-route.ts';
import { AlarmEvent, tagsRead, toSignal } from '../../inbound/alarm-event.ts';
import { receive } from '../../runtime/command-handler.ts';
import { deployedPolicies } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';

/** Receives a change of an alarm's state: opens or updates its incident, and starts the response if one is requested. */
export const handler = entrypoint(AlarmEvent, async event => {
  const policies = await deployedPolicies();
  const signal = toSignal(event, await tagsOf(event, policies), { service: service(), policies });
  const policy = signal && policies[signal.playbook];
  if (!policy) {
    console.info({ message: 'not an alarm of this service', alarm: event.detail.alarmName });
    return { incident: undefined };
  }
  const { incident, events, refused } = await receive(signal, policy);
  if (incident && events.some(({ type }) => type === 'ResponseRequested')) await startResponse(incident);
  const result = {
    incident: incident?.id,
    signal: signal.key,
    state: signal.state,
    events: events.map(({ type }) => type),
    refused,
  };
  console.info({ message: 'signal received', ...result });
  return result;
});

/** CloudWatch is asked for tags that it could not read itself, unless the alarm is known by its name. */
async function tagsOf(event: AlarmEvent, policies: Record<string, Policy>): Promise<Record<string, string>> {
  const isKnown = playbookOf(event.detail.alarmName, policies) !== undefined;
  return tagsRead(event) ?? (isKnown ? {} : readAlarmTags(event.resources[0] ?? ''));
}
