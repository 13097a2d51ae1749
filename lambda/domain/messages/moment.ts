import type { IncidentEvent } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import { minutesBetween } from '../kernel/time.ts';
import type { PagedEvent, PageMessage } from './page.ts';

/** A message that an event leads to, for one person at one level. */
export interface Addressed {
  event: PagedEvent;
  message: PageMessage;
}

/** One message to a person of all that they have not been told yet. */
export interface Moment {
  message: PageMessage;
  /** The event that the message is written about: the one that asks most of its reader. */
  about: PagedEvent;
  /** The numbers of the first and the last event that it tells of. */
  first: number;
  upTo: number;
}

/** Seconds from the first event within which others join it. A page has to go out within a minute. */
const MOMENT_SECONDS = 20;
/** Minutes after which an event that nobody was told of is left to its own retries. */
const RECENT_MINUTES = 10;
/** Minutes for which a person who was woken is not woken again by what asks for no answer. */
const AWAKE_MINUTES = 1;

/**
 * Gathers what a person has not been told yet into one message, so that what happens within a few seconds is told once, as it
 * stands at the end. Of several events the last tells for all: its own delivery follows, and knows the others. Undefined when
 * there is nothing to tell, or when a later event will.
 *
 * @param events the latest events of the incident, with the pages that were sent
 * @param addressed the messages to this person that these events lead to now, in order
 * @param current the event that was delivered
 */
export function momentOf(
  incident: Pick<Incident, 'severityAt'>,
  events: readonly IncidentEvent[],
  addressed: readonly Addressed[],
  { current, level, person }: { current: IncidentEvent; level: number; person: string },
): Moment | undefined {
  const sent = events.filter(event => event.type === 'PageSent' && event.level === level && event.to === person);
  const told = Math.max(-1, ...sent.map(event => (event.type === 'PageSent' ? event.about : -1)));
  const calledAt = level === 1 ? undefined : events.find(event => event.type === 'Escalated' && event.level === level);
  const untold = addressed.filter(
    ({ event }) =>
      event.seq > told &&
      event.seq >= (calledAt?.seq ?? 0) &&
      (event.seq === current.seq || minutesBetween(event.at, current.at) <= RECENT_MINUTES),
  );
  const [first, last] = [untold[0], untold.at(-1)];
  if (!first || !last) return undefined;
  const isSoon = ({ at }: IncidentEvent) => minutesBetween(first.event.at, at) * 60 <= MOMENT_SECONDS;
  const tells = untold.findLast(({ event }) => isSoon(event)) ?? first;
  if (isSoon(current) && tells.event.seq > current.seq) return undefined;
  const lead = untold.reduce((one, other) => (rank(other) >= rank(one) ? other : one));
  const wakes = untold.filter(({ message }) => message.urgency === 'page');
  const awake = sent.findLast(event => event.type === 'PageSent' && event.urgency === 'page');
  const isAwake =
    awake !== undefined &&
    incident.severityAt <= awake.at &&
    minutesBetween(awake.at, last.event.at) < AWAKE_MINUTES &&
    wakes.every(({ event }) => NO_ANSWER.includes(event.type));
  return {
    about: lead.event,
    message: {
      ...lead.message,
      fields: { ...lead.message.fields, also: otherNews(untold, lead) },
      urgency: wakes.length > 0 && !isAwake ? 'page' : 'notice',
    },
    ...{ first: first.event.seq, upTo: last.event.seq },
  };
}

/** Events that say nothing which the message does not say anyway. */
const NO_NEWS: readonly PagedEvent['type'][] = ['IncidentOpened', 'Escalated', 'Reminded'];

/** The headlines of the other events, each once. */
function otherNews(untold: readonly Addressed[], lead: Addressed): string[] {
  const others = untold.filter(({ event }) => event.type !== lead.event.type && !NO_NEWS.includes(event.type));
  return [...new Set(others.map(({ message }) => message.fields.headline))];
}

/** Events that ask for no answer but the one that people were woken for. */
const NO_ANSWER: readonly PagedEvent['type'][] = ['HandedOver', 'TargetMissed', 'Reminded'];

/** The events by how much they ask of their reader, the least first. */
const RANKS: readonly PagedEvent['type'][] = [
  'IncidentOpened',
  'ImprovementSeen',
  'ExecutionStopped',
  'TargetMissed',
  'Reminded',
  'MaintenanceEnded',
  'Escalated',
  'DrillBecameReal',
  'HandedOver',
  'PublicationRequested',
  'ApprovalAskedAgain',
  'ApprovalRequested',
  'StillRed',
  'Resolved',
];

/** Whatever wakes people stands before what does not. */
const rank = ({ event, message }: Addressed) => RANKS.indexOf(event.type) + (message.urgency === 'page' ? 100 : 0);

/** True for a diagnosis that another one follows at once, as when a cause takes the turn of its symptom: one is told. */
export const isRepeatedSoon = (event: IncidentEvent, events: readonly IncidentEvent[]): boolean =>
  event.type === 'DiagnosisRecorded' &&
  events.some(
    ({ type, seq, at }) =>
      type === 'DiagnosisRecorded' && seq > event.seq && minutesBetween(event.at, at) * 60 <= MOMENT_SECONDS,
  );
