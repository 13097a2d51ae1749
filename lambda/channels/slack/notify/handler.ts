import { Refused } from '../../../adapters/http.ts';
import type { Incident } from '../../../domain/incident/incident.ts';
import { shownEvent, threadHead, threadReply } from '../../../domain/messages/chat.ts';
import { commit } from '../../../runtime/command-handler.ts';
import { notificationChannel } from '../../../runtime/event-subscriber.ts';
import { keyOf } from '../../../store/incidents.ts';
import { findThread, permalink, post, readThread, update } from '../client.ts';

/**
 * One thread an incident. Slack knows no idempotency key, so the thread itself is the record of what was told: each message
 * carries the number of its entry, and whatever the timeline has and the thread lacks is posted, in order. A post whose
 * answer was lost is found there; what could not be told for an hour is made up for by the first event that gets through.
 */
export const handler = notificationChannel('slack', async incident => {
  // Work that falls due is no conversation.
  if (incident.policy.playbook.chore) return { posted: 0 };
  const thread = await threadOf(incident);
  const { shows, told } = await readThread(thread);
  const refused: Error[] = [];
  let posted = 0;
  for (const entry of incident.timeline) {
    const message = threadReply(incident, entry);
    if (!message || told.has(entry.seq)) continue;
    try {
      await post(message, thread);
      posted++;
    } catch (error) {
      // One that Slack will never take must not keep the others back.
      if (!(error instanceof Refused)) throw error;
      refused.push(error);
    }
  }
  if (shows < shownEvent(incident)) await update(threadHead(incident), thread);
  if (refused.length > 0) throw new Refused(refused.map(({ message }) => message).join('; '));
  return { thread, posted };
});

/** The incident's thread: the one that it knows, the one that was begun without its knowledge, or a new one. */
async function threadOf(incident: Incident): Promise<string> {
  const known = incident.references.find(({ system }) => system === 'slack')?.ref.split('/')[1];
  if (known) return known;
  const ts = (await findThread(incident.id, incident.openedAt)) ?? (await post(threadHead(incident)));
  await commit(keyOf(incident), {
    ...{ type: 'record reference', id: 'reference/slack', system: 'slack' },
    ...{ ref: `${process.env['SLACK_CHANNEL']}/${ts}`, url: await permalink(ts) },
  });
  return ts;
}
