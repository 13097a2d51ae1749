import type { PagerDutyEvent } from '../domain/messages/ticket.ts';
import { readSecret } from './secrets.ts';
import { send } from './send.ts';

/** Sends to the Events API v2. The same event sent twice is one: PagerDuty knows it by its `dedup_key`. */
export async function enqueue(event: PagerDutyEvent): Promise<void> {
  const routing_key = await readSecret(process.env['ROUTING_KEY_SECRET']);
  await send(`${process.env['PAGERDUTY_API']}/v2/enqueue`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ routing_key, ...event }),
  });
}
