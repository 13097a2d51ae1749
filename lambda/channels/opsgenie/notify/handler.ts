import { send } from '../../../adapters/http.ts';
import { withSecret } from '../../../adapters/secrets.ts';
import { visibleValues } from '../../../domain/encoding/visible.ts';
import { type OpsgenieRequest, opsgenieRequest, ticketAction } from '../../../domain/messages/ticket.ts';
import { commit } from '../../../runtime/command-handler.ts';
import { notificationChannel } from '../../../runtime/event-subscriber.ts';
import { keyOf } from '../../../store/keys.ts';

/** The incident's alert in Opsgenie: created, acknowledged and closed with it; its priority is the severity. */
export const handler = notificationChannel('opsgenie', async (incident, event) => {
  const action = ticketAction(incident, event, 'opsgenie', new Date().toISOString());
  if (!action) return { action: 'none' };
  await request(opsgenieRequest(incident, event, action));
  if (action === 'open')
    await commit(keyOf(incident), {
      ...{ type: 'record reference', id: 'reference/opsgenie' },
      ...{ system: 'opsgenie', ref: incident.id },
    });
  return { action };
});

/** Sends a request to the Alert API v2. A repeated request has no further effect: Opsgenie knows an open alert by its alias. */
export async function request({ method, path, body }: OpsgenieRequest): Promise<void> {
  await withSecret(process.env['API_KEY_SECRET'], key =>
    send(`${process.env['OPSGENIE_API']}${path}`, {
      method,
      headers: { authorization: `GenieKey ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(visibleValues(body)),
    }),
  );
}
