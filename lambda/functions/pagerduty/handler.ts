import { commit, keyOf } from '../../adapters/incidents.ts';
import { enqueue } from '../../adapters/pagerduty.ts';
import { pagerDutyEvent, ticketAction } from '../../domain/messages/ticket.ts';
import { channel } from '../channel.ts';

/** The incident's ticket in PagerDuty: opened, acknowledged and resolved with it. */
export const handler = channel('pagerduty', async (incident, entry) => {
  const action = ticketAction(incident, entry, 'pagerduty');
  if (!action) return { action: 'none' };
  await enqueue(pagerDutyEvent(incident, action));
  if (action === 'open') {
    const account = process.env['PAGERDUTY_URL'];
    const url = account ? `${account}/incidents` : undefined;
    await commit(keyOf(incident), {
      ...{ type: 'record reference', id: 'reference/pagerduty' },
      ...{ system: 'pagerduty', ref: incident.id, url },
    });
  }
  return { action };
});
