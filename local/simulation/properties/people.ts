import type { Entry, RecordedIncident } from '../../world/world.ts';
import type { Chronicle } from '../chronicle.ts';
import { outages, silences } from '../obstacles.ts';
import { endOf, entriesOf, MINUTE, millis, minuteOf, type Property } from './property.ts';

/** Minutes after the first call at which each level is called, by the runbook's 2.3. */
const LEVELS = [
  [2, 15],
  [3, 30],
  [4, 60],
] as const;

/** Minutes by which the watch may be late. */
const LATE = 3;

/** Events after which the path stands still, or begins anew. */
const PAUSES = new Set([
  ...[
    'Acknowledged',
    'AcknowledgementWithdrawn',
    'Resolved',
    'MergedInto',
    'Absorbed',
    'HeldForMaintenance',
    'MaintenanceEnded',
  ],
  ...['SeverityAssigned', 'ResolutionRequested', 'DrillBecameReal', 'Mitigated'],
]);

/** Within a time in which nothing happens that stops or restarts the path, it climbs. */
function climbs(chronicle: Chronicle, { id, timeline }: RecordedIncident): string[] {
  const end = millis(chronicle.ended);
  const obstacles = silences(chronicle);
  return timeline.flatMap((first, i) => {
    if (first.type !== 'Escalated' || first['level'] !== 1) return [];
    const stops = timeline
      .slice(i + 1)
      .find(({ type, level }) => PAUSES.has(type) || (type === 'Escalated' && level === 1));
    const until = millis(stops?.at ?? '') || end;
    return LEVELS.flatMap(([level, after]) => {
      const due = millis(first.at) + (after + LATE) * MINUTE;
      if (due >= until || obstacles.some(({ from, to }) => from < due && to + 15 * MINUTE > millis(first.at)))
        return [];
      const called = timeline.some(
        entry =>
          entry.type === 'Escalated' && entry['level'] === level && entry.seq > first.seq && millis(entry.at) <= due,
      );
      return called ? [] : [`${id}: level ${level} was due at ${minuteOf(chronicle, due)}`];
    });
  });
}

export const CLIMBS: Property = {
  name: 'an incident that nobody acknowledges climbs the escalation path on time',
  violations: chronicle => chronicle.incidents.flatMap(incident => climbs(chronicle, incident)),
};

const CALLED_WITHIN = 5;

export const CALLED: Property = {
  name: 'the first level is called within five minutes of a severity that pages',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) => {
      const [severe] = timeline.filter(({ type, severity }) => type === 'SeverityAssigned' && /P1|P2/.test(severity));
      if (!severe) return [];
      const due = millis(severe.at) + CALLED_WITHIN * MINUTE;
      const over = timeline.find(({ type, at }) => PAUSES.has(type) && at > severe.at);
      if (
        due > millis(over?.at ?? chronicle.ended) ||
        silences(chronicle).some(({ from, to }) => from < due && to + 5 * MINUTE > millis(severe.at))
      )
        return [];
      const called = timeline.some(({ type, at }) => type === 'Escalated' && millis(at) <= due);
      return called ? [] : [`${id}: nobody by ${minuteOf(chronicle, due)}`];
    }),
};

/** Later events of an incident are told by the same page, which names the later event. */
export const REACHED: Property = {
  name: 'every call reaches somebody within five minutes',
  violations: chronicle =>
    entriesOf(chronicle, 'Escalated', 'Reminded', 'HandedOver', 'ApprovalRequested').flatMap(({ incident, entry }) => {
      const due = millis(entry.at) + 5 * MINUTE + 2 * (chronicle.plan.faults.late ?? 0) * 1000;
      const end = millis(endOf(incident)?.at ?? chronicle.ended);
      if (due > end || outages(chronicle).some(({ from, to }) => from < due && to + 10 * MINUTE > millis(entry.at)))
        return [];
      // Nobody is called who has answered meanwhile.
      const isForAnswer = /Escalated|Reminded/.test(entry.type);
      const sent = incident.timeline.some(
        ({ type, about, seq, at }) =>
          ((type === 'PageSent' && about >= entry.seq) ||
            (type === 'Acknowledged' && isForAnswer && seq > entry.seq)) &&
          millis(at) <= due,
      );
      // A page that failed for good is a dead letter, of which operations hear.
      const isToldAsLost = chronicle.messages.some(
        ({ subject, at }) =>
          subject.includes('page-dead-letters') && millis(at) > millis(entry.at) && millis(at) <= due,
      );
      return sent || isToldAsLost
        ? []
        : [`${incident.id}: ${entry.type} (event ${entry.seq}) at ${minuteOf(chronicle, entry.at)}`];
    }),
};

/** People are told once that something is tried again. */
const isHandOverOf = ({ attempt, seq: end }: Entry, timeline: readonly Entry[]) => {
  const isAgain = timeline.some(
    entry => entry.type === 'ResponseRequested' && entry['attempt'] <= attempt && entry['again'],
  );
  return ({ type, seq }: Entry) => type === 'HandedOver' && (isAgain ? seq < end + 4 : Math.abs(seq - end) < 4);
};

export const FAILURES_REACH: Property = {
  name: 'an attempt that fails reaches a person',
  violations: ({ incidents }) =>
    incidents.flatMap(({ id, timeline }) =>
      timeline
        .filter(({ type, outcome }) => type === 'ResponseEnded' && outcome === 'handed over')
        .filter(ended => !timeline.some(isHandOverOf(ended, timeline)))
        .map(({ attempt }) => `${id}: attempt ${attempt} was handed over to nobody`),
    ),
};

export const LETTERS_TOLD: Property = {
  name: 'no dead letter without an alarm',
  violations: ({ letters, messages, ended }) =>
    letters.flatMap(({ at, queue }) => {
      const due = millis(at) + 20 * MINUTE;
      if (due > millis(ended)) return [];
      const told = messages.some(message => /dead-letters/.test(message.subject) && millis(message.at) <= due);
      return told ? [] : [`${queue} at ${at}`];
    }),
};

/** Minutes within which nobody is told the same again. */
const ANEW = 15;

export const TOLD_ONCE: Property = {
  name: 'an incident is not handed over again for the same reason within 15 minutes, unless more was tried',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) => {
      const told = timeline.filter(({ type }) => type === 'HandedOver');
      return told.flatMap((one, i) => {
        const before = told
          .slice(0, i)
          .find(
            ({ reason, at, seq }) =>
              reason === one['reason'] &&
              millis(one.at) - millis(at) < ANEW * MINUTE &&
              !timeline.slice(seq, one.seq).some(({ type }) => type === 'ResponseRequested'),
          );
        return before ? [`${id} at ${minuteOf(chronicle, one.at)}: ${one['reason']}`] : [];
      });
    }),
};
