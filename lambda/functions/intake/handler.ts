import { startResponse } from '../../adapters/step-functions.ts';
import { AlarmEvent, toSignal } from '../../inbound/alarm-event.ts';
import { receive } from '../../runtime/command-handler.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Receives a change of an alarm's state: opens or updates its incident, and starts the response if one is requested. */
export const handler = entrypoint(AlarmEvent, async event => {
  const signal = toSignal(event, deployed());
  const policy = deployed().policies[signal.playbook];
  if (!policy) throw new Error(`no policy for playbook ${signal.playbook}`);
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
