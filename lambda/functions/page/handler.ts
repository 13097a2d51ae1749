import * as v from 'valibot';
import { personalLinks } from '../../adapters/links.ts';
import { publishPage } from '../../adapters/sns.ts';
import type { EventOf } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { isPagedEvent, PAGED_EVENTS, type PagedEvent, type PageMessage, pages } from '../../domain/messages/page.ts';
import { onCall, type Roster } from '../../domain/on-call/roster.ts';
import { commit } from '../../runtime/command-handler.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { throwAny } from '../../runtime/failures.ts';
import { claim } from '../../store/claims.ts';
import { eventsFrom, load } from '../../store/incidents.ts';
import { personalText } from './personal-text.ts';

/** An event on the incident bus of which people on call are told. */
const PageEvent = v.object({
  'detail-type': v.picklist(PAGED_EVENTS),
  detail: v.object({
    incident: v.object({ slot: v.string(), number: v.number(), id: v.string() }),
    entry: v.object({ seq: v.number() }),
  }),
});

/**
 * Pages the people on call at each level because of an event, each with links of their own. A page that was sent is not sent
 * again, and one that fails holds up no other.
 */
export const handler = entrypoint(PageEvent, async ({ detail: { incident: key, entry: about } }) => {
  const { slot, number } = key;
  const [incident, [event, ...later]] = await Promise.all([
    load({ slot, number }),
    eventsFrom({ slot, number }, about.seq),
  ]);
  if (!incident || !event || !isPagedEvent(event)) throw new Error(`${key.id} has no entry ${about.seq} to tell of`);
  const { rosters } = await deployed();
  const sent = later.filter(page => page.type === 'PageSent' && page.about === event.seq) as EventOf<'PageSent'>[];
  const added: Pick<EventOf<'PageSent'>, 'level' | 'urgency' | 'to'>[] = [];
  const failures: Error[] = [];
  for (const page of pages(incident, event)) {
    const { urgency } = page;
    for (const { person, level } of recipients(rosters, incident, event, page)) {
      if (sent.some(other => other.level === level && other.to === person)) continue;
      const id = `page/${event.seq}/${level}/${person}`;
      try {
        // Whoever cannot claim for another reason sends it all the same: twice is better than never.
        const isMine = await claim(`${incident.id}/${id}`).catch(() => true);
        if (!isMine) throw new Error(`another invocation is sending ${id}: this one tries again`);
        const links = await personalLinks(incident, event, person);
        const text = personalText(page, incident, event, links);
        await publishPage(topicOf(level, rosters), { person, urgency, ...text });
        await commit(
          { slot, number },
          {
            ...{ type: 'record page', id, about: event.seq, level, urgency, subject: text.subject, to: person },
          },
        );
        added.push({ level, urgency, to: person });
      } catch (error) {
        failures.push(error as Error);
      }
    }
  }
  const result = { incident: key.id, entry: event.type, sent: added };
  console.info({ message: 'people told', ...result, failed: failures.length });
  throwAny(failures);
  return result;
});

interface Recipient {
  person: string;
  level: number;
}

/**
 * The people on call at the time of the event, by the roster as it is deployed now: a page that is retried after a change of shift
 * must not go to two people. The resolution also goes to people who were paged and whose shift has ended.
 */
function recipients(
  rosters: readonly Roster[],
  incident: Incident,
  event: PagedEvent,
  { level, person }: PageMessage,
): Recipient[] {
  // The person is subscribed to the topic of their own level, also when somebody else is on call.
  const ownLevel = rosters.findIndex(({ people }) => person !== undefined && people.includes(person));
  if (person !== undefined && ownLevel >= 0) return [{ person, level: ownLevel + 1 }];
  const roster = rosters[placeOf(level, rosters)];
  if (!roster) throw new Error('no escalation level is deployed');
  const before = event.type === 'Resolved' ? (incident.paged[level] ?? []) : [];
  return [...new Set([...onCall(roster, event.at), ...before])].map(name => ({ person: name, level }));
}

/**
 * The roster's index. A level that a deployment has removed since the incident was opened becomes the highest one that is
 * left.
 */
const placeOf = (level: number, rosters: readonly Roster[]) => Math.min(level, rosters.length) - 1;

function topicOf(level: number, rosters: readonly Roster[]): string {
  const topics = (process.env['LEVEL_TOPICS'] ?? '').split(',');
  const topic = topics[placeOf(level, rosters)];
  if (!topic) throw new Error(`escalation level ${level} has no topic: LEVEL_TOPICS names ${topics.length}`);
  return topic;
}
