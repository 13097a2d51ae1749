import { personalLinks } from '../../adapters/links.ts';
import { publishPage } from '../../adapters/sns.ts';
import type { EventOf } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { isPageEntry, type PageEntry, type PageMessage, pages } from '../../domain/messages/page.ts';
import { onCall } from '../../domain/on-call/roster.ts';
import { PageEvent } from '../../inbound/attempt-event.ts';
import { commit } from '../../runtime/command-handler.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { load } from '../../store/incidents.ts';
import { addressed } from './addressed.ts';

/**
 * Tells those on call at each level what they must know of an entry, each with links of their own. What was already sent is
 * not sent again; somebody who cannot be told holds up nobody else.
 */
export const handler = entrypoint(PageEvent, async ({ detail: { incident: key, entry: about } }) => {
  const { slot, number } = key;
  const incident = await load({ slot, number });
  const entry = incident?.timeline[about.seq];
  if (!incident || !entry || !isPageEntry(entry)) throw new Error(`${key.id} has no entry ${about.seq} to tell of`);
  const sent = sentPages(incident).filter(page => page.about === entry.seq);
  const told: Pick<EventOf<'PageSent'>, 'level' | 'urgency' | 'to'>[] = [];
  const failures: Error[] = [];
  for (const page of pages(incident, entry)) {
    const { urgency } = page;
    for (const { person, level } of recipients(incident, entry, page)) {
      if (sent.some(other => other.level === level && other.to === person)) continue;
      try {
        const links = await personalLinks(incident, entry, person);
        const text = addressed(page, incident, entry, links);
        await publishPage(topicOf(level), { person, urgency, ...text });
        await commit(
          { slot, number },
          {
            ...{ type: 'record page', id: `page/${entry.seq}/${level}/${person}` },
            ...{ about: entry.seq, level, urgency, subject: text.subject, to: person },
          },
        );
        told.push({ level, urgency, to: person });
      } catch (error) {
        failures.push(error as Error);
      }
    }
  }
  const result = { incident: key.id, entry: entry.type, sent: told };
  console.info({ message: 'people told', ...result, failed: failures.length });
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  return result;
});

interface Recipient {
  person: string;
  level: number;
}

/**
 * Those on call when it happened, by the roster as it is deployed now. By the time of the entry, so that a page tried again
 * after a hand-over does not go to two. That it is resolved is also told to those who were paged and whose turn has ended.
 */
function recipients(incident: Incident, entry: PageEntry, { level, person }: PageMessage): Recipient[] {
  const { rosters } = deployed();
  // A level to which that person is subscribed, whoever of it is on call.
  const own = rosters.findIndex(({ people }) => person !== undefined && people.includes(person));
  if (person !== undefined && own >= 0) return [{ person, level: own + 1 }];
  const roster = rosters[placeOf(level)];
  if (!roster) throw new Error('no escalation level is deployed');
  const called = sentPages(incident).filter(page => page.level === level && page.urgency === 'page');
  const before = entry.type === 'Resolved' ? called.flatMap(({ to }) => to ?? []) : [];
  return [...new Set([...onCall(roster, entry.at), ...before])].map(name => ({ person: name, level }));
}

const sentPages = ({ timeline }: Incident) => timeline.filter(entry => entry.type === 'PageSent');

/** Of a level that a deployment has taken away since the incident was opened, the highest that is left. */
const placeOf = (level: number) => Math.min(level, deployed().rosters.length) - 1;

function topicOf(level: number): string {
  const topics = (process.env['LEVEL_TOPICS'] ?? '').split(',');
  const topic = topics[placeOf(level)];
  if (!topic) throw new Error(`escalation level ${level} has no topic: LEVEL_TOPICS names ${topics.length}`);
  return topic;
}
