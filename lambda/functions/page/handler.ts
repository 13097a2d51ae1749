import { commit, load } from '../../adapters/incidents.ts';
import { publishPage } from '../../adapters/sns.ts';
import { isPageEntry, type PageMessage, pages } from '../../domain/messages.ts';
import { entrypoint } from '../entrypoint.ts';
import { PageEvent } from '../events.ts';

/**
 * Tells the people of each level what they must know of an entry. What was already sent is not sent again; a level that
 * cannot be told holds up no other.
 */
export const handler = entrypoint(PageEvent, async ({ detail: { incident: key, entry: about } }) => {
  const { slot, number } = key;
  const incident = await load({ slot, number });
  const entry = incident?.timeline[about.seq];
  if (!incident || !entry || !isPageEntry(entry)) throw new Error(`${key.id} has no entry ${about.seq} to tell of`);
  const sent = incident.timeline.flatMap(e => (e.type === 'PageSent' && e.about === entry.seq ? [e.level] : []));
  const told: Pick<PageMessage, 'level' | 'urgency'>[] = [];
  const failures: Error[] = [];
  for (const page of pages(incident, entry).filter(({ level }) => !sent.includes(level))) {
    const { level, urgency, subject } = page;
    try {
      await publishPage(topicOf(level), page);
      await commit(
        { slot, number },
        { type: 'record page', id: `page/${entry.seq}/${level}`, about: entry.seq, level, urgency, subject },
      );
      told.push({ level, urgency });
    } catch (error) {
      failures.push(error as Error);
    }
  }
  const result = { incident: key.id, entry: entry.type, sent: told };
  console.info({ message: 'people told', ...result, failed: failures.length });
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  return result;
});

function topicOf(level: number): string {
  const topics = (process.env['LEVEL_TOPICS'] ?? '').split(',');
  const topic = topics[level - 1];
  if (!topic) throw new Error(`escalation level ${level} has no topic: LEVEL_TOPICS names ${topics.length}`);
  return topic;
}
