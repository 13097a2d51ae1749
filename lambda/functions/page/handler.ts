import { commit, load } from '../../adapters/incidents.ts';
import { publishPage } from '../../adapters/sns.ts';
import { isPageEntry, pages } from '../../domain/messages.ts';
import { entrypoint } from '../entrypoint.ts';
import { PageEvent } from '../events.ts';

/** Tells the people of each level what they must know of an entry. What was already sent is not sent again. */
export const handler = entrypoint(PageEvent, async ({ detail: { incident: key, entry: about } }) => {
  const { slot, number } = key;
  const incident = await load({ slot, number });
  const entry = incident?.timeline[about.seq];
  if (!incident || !entry || !isPageEntry(entry)) throw new Error(`${key.id} has no entry ${about.seq} to tell of`);
  const sent = incident.timeline.flatMap(e => (e.type === 'PageSent' && e.about === entry.seq ? [e.level] : []));
  const due = pages(incident, entry).filter(page => !sent.includes(page.level));
  for (const page of due) {
    await publishPage(topicOf(page.level), page);
    const { level, urgency, subject } = page;
    await commit(
      { slot, number },
      { type: 'record page', id: `page/${entry.seq}/${level}`, about: entry.seq, level, urgency, subject },
    );
  }
  const result = { incident: key.id, entry: entry.type, sent: due.map(({ level, urgency }) => ({ level, urgency })) };
  console.info({ message: 'people told', ...result });
  return result;
});

function topicOf(level: number): string {
  const topics = (process.env['LEVEL_TOPICS'] ?? '').split(',');
  const topic = topics[level - 1];
  if (!topic) throw new Error(`escalation level ${level} has no topic: LEVEL_TOPICS names ${topics.length}`);
  return topic;
}
