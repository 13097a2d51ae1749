import { Refused } from '../../../adapters/http.ts';
import type { Incident } from '../../../domain/incident/incident.ts';
import { threadHead, threadReply } from '../../../domain/messages/chat.ts';
import { isRepeatedSoon } from '../../../domain/messages/moment.ts';
import { commit } from '../../../runtime/command-handler.ts';
import { notificationChannel } from '../../../runtime/event-subscriber.ts';
import { eventsFrom } from '../../../store/incidents.ts';
import { keyOf } from '../../../store/keys.ts';
import { findThread, permalink, post, readThread, type Thread, update } from '../client.ts';

/**
 * Keeps one thread an incident. Slack has no idempotency key, so the thread itself records which events were posted: each message
 * carries the number of its event, the first one how many events were posted, and every event that the thread lacks is posted, in
 * order. So a post whose answer was lost is not repeated, and after an outage of Slack the first event that gets through also posts
 * those before it.
 */
export const handler = notificationChannel('slack', async (incident, { seq }) => {
  const { ts: thread, shown, replied } = await threadOf(incident, seq);
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

/** Events before the current one that a thread repeats which takes the place of a deleted one. */
const REPEATED = 50;

/**
 * The incident's thread: the recorded one, one whose posting was not recorded, or a new one. Somebody may have deleted the recorded
 * one, or a deployment may have named another channel: people then find nothing of the incident, and no button.
 */
async function threadOf(incident: Incident, seq: number): Promise<Thread & { ts: string }> {
  const replaces = incident.references.find(({ system }) => system === 'slack')?.ref;
  const [channel, known] = replaces?.split('/') ?? [];
  const thread = known && channel === process.env['SLACK_CHANNEL'] ? await readThread(known) : undefined;
  if (known && thread) return { ts: known, ...thread };
  const from = known ? Math.max(0, seq - REPEATED) : 0;
  const ts = (await findThread(incident.id, incident.openedAt)) ?? (await post(threadHead(incident, from)));
  await commit(keyOf(incident), {
    ...{ type: 'record reference', id: `reference/slack${known ? `/${ts}` : ''}`, system: 'slack', replaces },
    ...{ ref: `${process.env['SLACK_CHANNEL']}/${ts}`, url: await permalink(ts) },
  });
  return { ts, ...((await readThread(ts)) ?? { shown: from, replied: new Set() }) };
}
