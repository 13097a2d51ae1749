import type { RecordedIncident } from '../../world/world.ts';
import { mutes, outages, widened, windows } from '../obstacles.ts';
import {
  endOf,
  entriesOf,
  isAbout,
  isWithin,
  MINUTE,
  millis,
  minuteOf,
  openAtOnce,
  type Property,
} from './property.ts';

const ACTS = [
  ...[
    'Escalated',
    'Reminded',
    'StepStarted',
    'ResponseRequested',
    'ApprovalRequested',
    'ApprovalAskedAgain',
    'HandedOver',
  ],
  ...['Acknowledged', 'SignalFired'],
];

export const ONE_OPEN: Property = {
  name: 'at most one incident of a slot is open',
  violations: ({ incidents, ended }) => {
    const slotOf = ({ timeline }: RecordedIncident) => timeline[0]?.['slot'];
    return openAtOnce(incidents, ended)
      .filter(([one, other]) => slotOf(one) === slotOf(other))
      .map(([one, other]) => `${one.id} and ${other.id} were open at once`);
  },
};

export const EVENTS_COUNT_UP: Property = {
  name: 'events are numbered without a gap, in the order of time',
  violations: ({ incidents }) =>
    incidents.flatMap(({ id, timeline }) =>
      timeline.every(({ seq, at }, i) => seq === i && at >= (timeline[i - 1]?.at ?? ''))
        ? []
        : [`${id}: ${timeline.map(({ seq, at }) => `${seq} ${at}`).join(', ')}`],
    ),
};

export const OVER_IS_OVER: Property = {
  name: 'after its end nothing is done in an incident, and nobody is called',
  violations: chronicle =>
    chronicle.incidents.flatMap(incident => {
      const end = endOf(incident);
      if (!end) return [];
      return incident.timeline
        .filter(({ seq, type }) => seq > end.seq && ACTS.includes(type))
        .map(
          ({ type, at }) =>
            `${incident.id}: ${type} at ${minuteOf(chronicle, at)}, over at ${minuteOf(chronicle, end.at)}`,
        );
    }),
};

/** Seconds for which a page may still be on its way. */
const ON_ITS_WAY = 90;

export const NO_LATE_PAGE: Property = {
  name: 'no SMS names an incident that is over, unless an alarm is still red',
  violations: chronicle =>
    chronicle.incidents.flatMap(incident => {
      const end = endOf(incident);
      if (!end || incident.timeline.some(({ type }) => type === 'StillRed')) return [];
      const latest = millis(end.at) + (ON_ITS_WAY + 2 * (chronicle.plan.faults.late ?? 0)) * 1000;
      // A message that a service held back while it was away arrives when it answers again.
      const held = widened(outages(chronicle), 12);
      return chronicle.messages
        .filter(message => message.channel === 'sms' && isAbout(message, incident) && millis(message.at) > latest)
        .filter(({ at, body }) => !isWithin(millis(at), held) && !/resolved|over|reopened/i.test(body))
        .map(
          ({ at, body }) =>
            `${incident.id}, over at ${minuteOf(chronicle, end.at)}, at ${minuteOf(chronicle, at)}: ${body}`,
        );
    }),
};

/** Minutes from the alarm to the incident, and what late metrics and deliveries, tried again, may add. */
const DETECTED = 5;

/** Where an alarm stays red for so long, in a time in which everything works, an incident has its signal. */
export const RED_IS_KNOWN: Property = {
  name: 'an alarm that stays red is in an incident within five minutes of the moment at which everything works',
  violations: chronicle => {
    const { alarms, ended } = chronicle;
    const hindered = [...widened(outages(chronicle), 2), ...windows(chronicle), ...mutes(chronicle)];
    const signals = entriesOf(chronicle, 'SignalFired', 'SignalFlaps', 'SignalsUnlisted', 'StillRed');
    return alarms.flatMap(({ at, name, state }, i) => {
      if (state !== 'ALARM') return [];
      const next = alarms.slice(i + 1).find(other => other.name === name);
      const green = millis(next?.at ?? ended);
      const slack = DETECTED * MINUTE + 2 * (chronicle.plan.faults.late ?? 0) * 1000;
      let since = millis(at);
      for (const { from, to } of hindered.toSorted((a, b) => a.from - b.from))
        if (from < since + slack && to > since) since = to;
      if (green < since + slack) return [];
      const known = signals.some(
        ({ incident, entry }) =>
          (entry['key'] === `alarm:${name}` || entry.type === 'SignalsUnlisted' || entry.type === 'StillRed') &&
          millis(entry.at) <= since + slack &&
          millis(endOf(incident)?.at ?? ended) >= millis(at),
      );
      return known ? [] : [`${name}, red from ${minuteOf(chronicle, at)} to ${minuteOf(chronicle, green)}`];
    });
  },
};
