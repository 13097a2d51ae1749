import type { Entry } from '../../world/world.ts';
import type { Chronicle } from '../chronicle.ts';
import { away, silences } from '../obstacles.ts';
import { entriesOf, isAbout, MINUTE, millis, minuteOf, overlaps, type Property, type Span } from './property.ts';

const CALLS = new Set(['Escalated', 'Reminded']);

/** Events from which on other minutes count, or none. */
const ANEW = new Set([
  ...['Acknowledged', 'AcknowledgementWithdrawn', 'Resolved', 'MergedInto', 'Absorbed', 'HeldForMaintenance'],
  ...['MaintenanceEnded', 'ResolutionRequested', 'DrillBecameReal'],
]);

/** A severity that pages leaves the path as it is. */
const beginsAnew = ({ type, severity }: Entry) =>
  ANEW.has(type) || (type === 'SeverityAssigned' && !/P1|P2/.test(severity));

/** Minutes by which the watch may be late, with those of a call that is repeated. */
const LATE = 3;
const REMINDED = 10;
const LEASE = 30;

const hindered = (chronicle: Chronicle, span: Span, minutes = 15) =>
  silences(chronicle).some(({ from, to }) => overlaps({ from, to: to + minutes * MINUTE }, span)) ||
  chronicle.plan.events.some(event => event.do === 'strike');

/** The calls of an incident that are not followed by another within so many minutes, nor by what makes it needless. */
const unfollowed = (
  chronicle: Chronicle,
  timeline: readonly Entry[],
  isFirst: (entry: Entry) => boolean,
  minutes: number,
) =>
  timeline.filter(isFirst).filter(first => {
    const due = millis(first.at) + (minutes + LATE) * MINUTE;
    const next = timeline.find(entry => entry.seq > first.seq && (CALLS.has(entry.type) || beginsAnew(entry)));
    if (millis(next?.at ?? chronicle.ended) <= due) return false;
    return !hindered(chronicle, { from: millis(first.at), to: due });
  });

export const CALLED_AGAIN: Property = {
  name: 'who was called and does not answer is called again',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) => {
      const isPaging = (before: number) =>
        /P1|P2/.test(
          String(timeline.findLast(({ seq, type }) => seq < before && type === 'SeverityAssigned')?.['severity']),
        );
      const acknowledged = ({ seq, at }: Entry) =>
        timeline.some(entry => entry.type === 'Acknowledged' && entry.seq < seq && entry['until'] > at);
      return unfollowed(
        chronicle,
        timeline,
        entry => CALLS.has(entry.type) && isPaging(entry.seq) && !acknowledged(entry),
        REMINDED,
      ).map(entry => `${id}: nobody again after ${entry.type} at ${minuteOf(chronicle, entry.at)}`);
    }),
};

/** Minutes after the first call at which each higher level is called. */
const PATH = { 2: 15, 3: 30, 4: 60 };

export const PATH_IS_CLIMBED: Property = {
  name: 'each level is called in its minute, counted from the first call, whatever is learnt meanwhile',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) => {
      const first = timeline.find(({ type, level }) => type === 'Escalated' && level === 1);
      const stop = timeline.find(entry => beginsAnew(entry) && entry.seq > (first?.seq ?? 0));
      if (!first) return [];
      return Object.entries(PATH).flatMap(([level, minutes]) => {
        const due = millis(first.at) + (minutes + LATE) * MINUTE;
        if (due >= millis(stop?.at ?? chronicle.ended) || hindered(chronicle, { from: millis(first.at), to: due }))
          return [];
        const isCalled = timeline.some(
          ({ type, level: called, at }) => type === 'Escalated' && called === Number(level) && millis(at) <= due,
        );
        return isCalled ? [] : [`${id}: level ${level} was due at ${minuteOf(chronicle, due)}`];
      });
    }),
};

export const LEASES_EXPIRE: Property = {
  name: 'an acknowledgement expires: people are called again while the incident is open',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) => {
      const isPaging = /P1|P2/.test(String(timeline.findLast(({ type }) => type === 'SeverityAssigned')?.['severity']));
      return timeline
        .filter(({ type }) => type === 'Acknowledged' && isPaging)
        .filter(first => {
          const due = millis(first.at) + (LEASE + LATE) * MINUTE;
          const later = timeline.filter(({ seq, at }) => seq > first.seq && millis(at) <= due);
          return (
            due < millis(chronicle.ended) &&
            later.every(entry => !CALLS.has(entry.type) && !beginsAnew(entry)) &&
            !hindered(chronicle, { from: millis(first.at), to: due })
          );
        })
        .map(({ at }) => `${id}: nobody is called after the answer of ${minuteOf(chronicle, at)}`);
    }),
};

export const RIGHT_LEVEL: Property = {
  name: 'a call goes to the level that is called, and wakes it',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) =>
      timeline
        .filter(({ type }) => type === 'PageSent')
        .flatMap((page, i, pages) => {
          const call = timeline[page['about']];
          if (!call || !CALLS.has(call.type)) return [];
          // Whoever was woken within the minute is awake.
          const isAwake = pages
            .slice(0, i)
            .some(
              ({ level, urgency, at }) =>
                level === page['level'] && urgency === 'page' && millis(call.at) - millis(at) < MINUTE,
            );
          const isRight = page['level'] === call['level'] && (page['urgency'] === 'page' || isAwake);
          return isRight
            ? []
            : [`${id}: level ${call['level']} is called, and level ${page['level']} gets a ${page['urgency']}`];
        }),
    ),
};

/** Seconds from the text message to the record of it. */
const RECORDED = 3 * MINUTE;

/** Everybody on call has a telephone. */
export const PAGE_IS_SENT: Property = {
  name: 'a page that is recorded as sent went to a telephone of its level',
  violations: chronicle =>
    entriesOf(chronicle, 'PageSent')
      .filter(({ entry }) => entry['urgency'] === 'page')
      .filter(
        ({ incident, entry }) =>
          !chronicle.messages.some(
            message =>
              message.channel === 'sms' &&
              message.topic.includes(String(entry['level'])) &&
              isAbout(message, incident) &&
              Math.abs(millis(message.at) - millis(entry.at)) < RECORDED,
          ),
      )
      .map(
        ({ incident, entry }) =>
          `${incident.id}: ${entry['to']} at ${minuteOf(chronicle, entry.at)}: ${entry['subject']}`,
      ),
};

export const PAGED_ONCE: Property = {
  name: 'a message is sent once, while no call of AWS fails',
  violations: chronicle => {
    const { plan, incidents, messages } = chronicle;
    const { unheard, lost, broken } = plan.faults;
    if (unheard || lost || broken || plan.events.some(event => event.do === 'strike' || event.do === 'away')) return [];
    const pages = incidents.flatMap(({ id, timeline }) => {
      const recorded = timeline.filter(({ type, urgency }) => type === 'PageSent' && urgency === 'page').length;
      const sent = messages.filter(
        message =>
          message.channel === 'sms' &&
          isAbout(message, { id }) &&
          millis(message.at) < millis(chronicle.ended) - MINUTE,
      );
      return sent.length > recorded ? [`${id}: ${sent.length} text messages for ${recorded} pages`] : [];
    });
    return [...pages, ...twins(messages)];
  },
};

/** Mails to one person that say the same within a minute. Links differ, as each is signed. */
const twins = (messages: Chronicle['messages']): string[] =>
  [
    ...Map.groupBy(
      messages.filter(({ channel, subject }) => channel === 'email' && !subject.startsWith('ALARM')),
      ({ to, subject, body }) => JSON.stringify([to, subject, body.replace(/https:\S+/g, '')]),
    ).values(),
  ].flatMap(([first, second]) =>
    first && second && millis(second.at) - millis(first.at) < MINUTE ? [`${first.to} twice: ${first.subject}`] : [],
  );

/** Minutes until somebody is paged past the table, and those that it must be away for that. */
const DIRECTLY = 20;

export const PAGED_DIRECTLY: Property = {
  name: 'while the incident table is away, people are paged of what is red',
  violations: chronicle =>
    away(chronicle, 'dynamodb').flatMap(({ from, to }) => {
      const red = new Map<string, number>();
      for (const { name, state, at } of chronicle.alarms)
        if (millis(at) <= from && state === 'ALARM') red.set(name, millis(at));
        else if (millis(at) < to) red.delete(name);
      if (red.size === 0 || to - from < DIRECTLY * MINUTE) return [];
      const paged = chronicle.messages.some(
        ({ channel, subject, at }) =>
          channel === 'sms' &&
          subject.includes('NOT RECORDED') &&
          millis(at) > from + MINUTE &&
          millis(at) <= from + DIRECTLY * MINUTE,
      );
      return paged ? [] : [`${[...red.keys()].join(', ')} red, and nobody paged from ${minuteOf(chronicle, from)} on`];
    }),
};
