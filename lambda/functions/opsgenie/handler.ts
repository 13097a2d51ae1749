import { commit, keyOf } from '../../adapters/incidents.ts';
import { request } from '../../adapters/opsgenie.ts';
import { opsgenieRequest, ticketAction } from '../../domain/messages/ticket.ts';
import { channel } from '../channel.ts';

/** The incident's alert in Opsgenie: created, acknowledged and closed with it. */
export const handler = channel('opsgenie', async (incident, entry) => {
  const action = ticketAction(incident, entry, 'opsgenie');
  if (!action) return { action: 'none' };
  await request(opsgenieRequest(incident, entry, action));
  if (action === 'open')
    await commit(keyOf(incident), {
      ...{ type: 'record reference', id: 'reference/opsgenie' },
      ...{ system: 'opsgenie', ref: incident.id },
    });
  return { action };
});
