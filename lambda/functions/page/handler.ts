import * as v from 'valibot';
import { publishPage } from '../../adapters/sns.ts';
import type { EventOf, IncidentEvent } from '../../domain/incident/events.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { type Addressed, type Moment, momentOf } from '../../domain/messages/moment.ts';
import { isPagedEvent, PAGED_EVENTS, type PagedEvent, type PageMessage, pages } from '../../domain/messages/page.ts';
import { onCall, type Roster } from '../../domain/on-call/roster.ts';
import { commit } from '../../runtime/command-handler.ts';
import { deployed } from '../../runtime/deployed.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { failuresOf, throwAny } from '../../runtime/failures.ts';
import { claim } from '../../store/claims.ts';
import { eventsFrom, load } from '../../store/incidents.ts';
import { type IncidentKey, keyOf } from '../../store/keys.ts';
import { personalText } from './personal-text.ts';
import { signedLinks } from './signed-links.ts';

/** An event on the incident bus of which people on call are told. */
const PageEvent = v.object({
  'detail-type': v.picklist(PAGED_EVENTS),
  detail: v.object({
    incident: v.object({ slot: v.string(), number: v.number(), id: v.string() }),
    entry: v.object({ seq: v.number() }),
  }),
});

/** Events before the one that was delivered, among which are those that people were not told of yet. */
const LOOKED_BACK = 200;

/**
 * Tells the people on call of an event, each in one message with links of their own, together with what else they have not been
 * told yet. A page that was sent is not sent again, and one that fails holds up no other. All are sent before any is recorded: while
 * the table is slow, whoever comes last would wait until the function has timed out.
 */
export const handler = entrypoint(PageEvent, async ({ detail: { incident: key, entry: about } }) => {
  const [{ events, incident, current }, { rosters }] = await Promise.all([readEvent(key, about.seq), deployed()]);
  const outcomes = await Promise.allSettled(
    addressedTo(rosters, incident, events).map(async ([{ person, level }, addressed]) => {
      const moment = momentOf(incident, events, addressed, { current, level, person });
      return moment && tell(incident, { person, level, topic: topicOf(level, rosters) }, moment);
    }),
  );
  const failures = failuresOf(outcomes);
  const sent: Told[] = [];
  for (const told of outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []))) {
    const [recorded] = await Promise.allSettled([record(incident, told)]);
    if (recorded.status === 'fulfilled') sent.push(told);
    failures.push(...failuresOf([recorded]));
  }
  const added = sent.map(({ level, urgency, person: to }) => ({ level, urgency, to }));
  const result = { incident: key.id, entry: current.type, sent: added };
  console.info({ message: 'people told', ...result, failed: failures.length });
  throwAny(failures);
  return result;
});

/** The event with those before it, and the incident. @throws when there is no such event */
async function readEvent({ slot, number, id }: IncidentKey & { id: string }, seq: number) {
  // The events first: the state is then at least as new.
  const events = await eventsFrom({ slot, number }, Math.max(0, seq - LOOKED_BACK));
  const incident = await load({ slot, number });
  const current = events.find(event => event.seq === seq);
  if (!incident || !current || !isPagedEvent(current)) throw new Error(`${id} has no entry ${seq} to tell of`);
  return { events, incident, current };
}

/** A page that was sent. */
interface Told extends Pick<EventOf<'PageSent'>, 'level' | 'urgency' | 'subject'> {
  person: string;
  /** The number of the last event that it tells of. */
  upTo: number;
}

/** Sends one person the message of a moment. */
async function tell(
  incident: Incident,
  { person, level, topic }: Recipient & { topic: string },
  { message, about, first, upTo }: Moment,
): Promise<Told> {
  // Whoever cannot claim for another reason sends it all the same: twice is better than never.
  const isMine = await claim(`${incident.id}/page/${first}/${level}/${person}`).catch(() => true);
  if (!isMine) throw new Error(`another invocation is telling ${person} of event ${first}: this one tries again`);
  const { urgency } = message;
  const text = personalText(message, incident, about, await signedLinks(incident, about, person));
  await publishPage(topic, { person, urgency, ...text });
  return { person, level, urgency, subject: text.subject, upTo };
}

const record = (incident: Incident, { person, level, urgency, subject, upTo }: Told) =>
  commit(keyOf(incident), {
    ...{ type: 'record page', id: `page/${upTo}/${level}/${person}`, about: upTo },
    ...{ level, urgency, subject, to: person },
  });

/** The messages that the events lead to now, by the person at a level who gets them. */
function addressedTo(
  rosters: readonly Roster[],
  incident: Incident,
  events: readonly IncidentEvent[],
): [Recipient, Addressed[]][] {
  const all = new Map<string, [Recipient, Addressed[]]>();
  for (const event of events.filter(isPagedEvent))
    for (const message of pages(incident, event))
      for (const recipient of recipients(rosters, incident, event, message)) {
        const id = `${recipient.level} ${recipient.person}`;
        const [, addressed] = all.get(id) ?? [];
        all.set(id, [recipient, [...(addressed ?? []), { event, message }]]);
      }
  return [...all.values()];
}

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
