import { Refused } from '../../../adapters/http.ts';
import type { Incident } from '../../../domain/incident/incident.ts';
import { threadHead, threadReply } from '../../../domain/messages/chat.ts';
import { isRepeatedSoon } from '../../../domain/messages/moment.ts';
import { commit } from '../../../runtime/command-handler.ts';
import { notificationChannel } from '../../../runtime/event-subscriber.ts';
import { eventsFrom } from '../../../store/incidents.ts';
import { keyOf } from '../../../store/keys.ts';
import { findThread, permalink, post, readThread, update } from '../client.ts';

/**
 * Keeps one thread an incident. Slack has no idempotency key, so the thread itself records which events were posted: each message
 * carries the number of its event, the first one how many events were posted, and every event that the thread lacks is posted, in
 * order. So a post whose answer was lost is not repeated, and after an outage of Slack the first event that gets through also posts
 * those before it.
 */
export const handler = notificationChannel('slack', async (incident, { seq }) => {
  const thread = await threadOf(incident);
  const { shown, replied } = await readThread(thread);
  const refused: Error[] = [];
  let posted = 0;
  const events = await eventsFrom(keyOf(incident), shown);
  for (const event of events) {
    const message = isRepeatedSoon(event, events) ? undefined : threadReply(incident, event);
    if (!message || replied.has(event.seq)) continue;
    try {
      await post(message, thread);
      posted++;
    } catch (error) {
      // A message that Slack refuses for good must not hold up the others.
      if (!(error instanceof Refused)) throw error;
      refused.push(error);
    }
  }
  if (shown <= seq) await update(threadHead(incident), thread);
  if (refused.length > 0) throw new Refused(refused.map(({ message }) => message).join('; '));
  return { thread, posted };
});

/** The incident's thread: the recorded one, one whose posting was not recorded, or a new one. */
async function threadOf(incident: Incident): Promise<string> {
  const known = incident.references.find(({ system }) => system === 'slack')?.ref.split('/')[1];
  if (known) return known;
  const ts = (await findThread(incident.id, incident.openedAt)) ?? (await post(threadHead(incident, 0)));
  await commit(keyOf(incident), {
    ...{ type: 'record reference', id: 'reference/slack', system: 'slack' },
    ...{ ref: `${process.env['SLACK_CHANNEL']}/${ts}`, url: await permalink(ts) },
  });
  return ts;
}
