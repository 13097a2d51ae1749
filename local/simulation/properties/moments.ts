import type { Message } from 'embedded-aws';
import type { Entry, RecordedIncident } from '../../world/world.ts';
import type { Chronicle } from '../chronicle.ts';
import { isAbout, MINUTE, millis, minuteOf, type Property } from './property.ts';

/** Milliseconds within which two text messages are one interruption, whatever they say. */
const MOMENT = 4000;

/** `[INCIDENT - NEEDS YOU] P2 - …`: the kind and the severity in a subject. */
const SUBJECT = /\[(INCIDENT|RESOLVED|MAINTENANCE)[^\]]*\] (P[1-4]) /;
const ASKS = /APPROVAL|TELL CUSTOMERS/;

interface Told extends Message {
  kind: string;
  severity: string;
}

/** The messages that each person got of an incident as somebody on call, by channel, in the order in which they came. */
const heard = ({ messages }: Chronicle, incident: RecordedIncident): Told[][] => [
  ...Map.groupBy(
    messages.flatMap((message): Told[] => {
      const [named, , severity] = SUBJECT.exec(message.subject) ?? [];
      if (!severity || !isAbout(message, incident) || !/Level\d/.test(message.topic)) return [];
      return [{ ...message, kind: named?.slice(0, named.indexOf(']') + 1) ?? '', severity }];
    }),
    ({ channel, to, topic }) => `${channel} ${to} ${topic}`,
  ).values(),
];

const pairs = (told: readonly Told[]) => told.slice(1).map((later, i) => [told[i] as Told, later] as const);

/** A call that fails or is not heard is made again, and then people are told twice: twice is better than never. */
const isTroubled = ({ plan: { faults, events } }: Chronicle) =>
  faults.unheard || faults.lost || faults.broken || events.some(({ do: deed }) => deed === 'strike' || deed === 'away');

const inWords = (chronicle: Chronicle, { to, subject, at }: Told) =>
  `${to} at ${minuteOf(chronicle, at)}: ${subject.slice(0, 60)}`;

export const ONE_MESSAGE: Property = {
  name: 'nobody is woken twice within a minute, unless it has become more severe or an answer is asked for',
  violations: chronicle =>
    isTroubled(chronicle)
      ? []
      : chronicle.incidents.flatMap(incident =>
          heard(chronicle, incident)
            .flatMap(pairs)
            .filter(([first, later]) => {
              const apart = millis(later.at) - millis(first.at);
              if (first.channel !== 'sms' || apart >= MINUTE) return false;
              return apart < MOMENT || !(later.severity < first.severity || ASKS.test(later.kind));
            })
            .map(([first, later]) => `${inWords(chronicle, first)}, then ${inWords(chronicle, later)}`),
        ),
};

/** The kind of message that each event leads to; all others lead to `[INCIDENT]`. */
const KINDS: Record<string, RegExp> = {
  HandedOver: /NEEDS YOU/,
  ApprovalRequested: /APPROVAL/,
  ApprovalAskedAgain: /APPROVAL/,
  PublicationRequested: /TELL CUSTOMERS/,
  ImprovementSeen: /IMPROVED/,
  Resolved: /RESOLVED\]/,
  StillRed: /STILL RED/,
};
const OTHERS = /^\[(INCIDENT|MAINTENANCE)\]/;
const OF_OTHERS = new Set([
  ...['IncidentOpened', 'Escalated', 'Reminded', 'TargetMissed', 'ExecutionStopped', 'DrillBecameReal'],
  'MaintenanceEnded',
]);

const leadsTo = ({ type }: Entry, kind: string) =>
  OF_OTHERS.has(type) ? OTHERS.test(kind) : (KINDS[type]?.test(kind) ?? false);

const assigns = ({ type, severity: assigned }: Entry, severity: string) =>
  type === 'SeverityAssigned' && assigned === severity;

/**
 * The first message that tells of an event which is older than one that was told before, or of none.
 *
 * @param skew milliseconds by which the clock that dated an event may be ahead
 */
function outOfOrder(timeline: readonly Entry[], told: readonly Told[], skew: number): Told | undefined {
  let event = -1;
  let severity = -1;
  // Until it is judged, an incident is a P4.
  let last = 'P4';
  return told.find(message => {
    const isKnown = ({ at }: Entry) => millis(at) <= millis(message.at) + skew;
    event = timeline.findIndex((entry, i) => i > event && isKnown(entry) && leadsTo(entry, message.kind));
    const isOther = message.severity !== last;
    if (isOther)
      severity = timeline.findIndex((entry, i) => i > severity && isKnown(entry) && assigns(entry, message.severity));
    last = message.severity;
    return event < 0 || (isOther && severity < 0);
  });
}

export const IN_ORDER: Property = {
  name: 'nobody hears of an older event or severity after a newer one',
  violations: chronicle =>
    isTroubled(chronicle)
      ? []
      : chronicle.incidents.flatMap(incident => {
          // A message of two incidents stands in one of their timelines.
          if (incident.timeline.some(({ type }) => type === 'Absorbed')) return [];
          return heard(chronicle, incident).flatMap(told => {
            const first = outOfOrder(incident.timeline, told, 1000 * (chronicle.plan.faults.skewed ?? 0));
            return first ? [`${inWords(chronicle, first)}, after what is newer`] : [];
          });
        }),
};
