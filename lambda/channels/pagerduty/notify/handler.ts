import { send } from '../../../adapters/http.ts';
import { withSecret } from '../../../adapters/secrets.ts';
import { visibleValues } from '../../../domain/encoding/visible.ts';
import { type PagerDutyEvent, pagerDutyEvent, ticketAction } from '../../../domain/messages/ticket.ts';
import { commit } from '../../../runtime/command-handler.ts';
import { notificationChannel } from '../../../runtime/event-subscriber.ts';
import { keyOf } from '../../../store/keys.ts';

/** The incident's ticket in PagerDuty: it hears of severity, calls, acknowledgements, hand-over and resolution. */
export const handler = notificationChannel('pagerduty', async (incident, event) => {
  const action = ticketAction(incident, event, 'pagerduty', new Date().toISOString());
  if (!action) return { action: 'none' };
  await enqueue(pagerDutyEvent(incident, event, action));
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

/** Sends an event to the Events API v2. A repeated event has no further effect: PagerDuty knows it by its `dedup_key`. */
export async function enqueue(event: PagerDutyEvent): Promise<void> {
  await withSecret(process.env['ROUTING_KEY_SECRET'], routing_key =>
    send(`${process.env['PAGERDUTY_API']}/v2/enqueue`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key, ...visibleValues(event) }),
      expects: 202,
    }),
  );
}
