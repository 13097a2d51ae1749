import type { Entry } from '../../world/world.ts';
import type { Chronicle, Reading } from '../chronicle.ts';
import { outages, silences, windows } from '../obstacles.ts';
import { TROUBLE_NAMES, troubleNamed } from '../troubles.ts';
import { endOf, entriesOf, MINUTE, millis, minuteOf, openAtOnce, overlaps, type Property } from './property.ts';

/** Playbooks whose incidents stand beside the one of the service. */
const BESIDE = ['CertificateExpiry', 'Monitoring', 'Declared'];

export const ONE_TROUBLE: Property = {
  name: 'at most one incident of the service is open',
  violations: ({ incidents, ended }) =>
    openAtOnce(
      incidents.filter(({ timeline }) => !BESIDE.includes(timeline[0]?.['playbook'])),
      ended,
    ).map(([one, other]) => `${one.id} and ${other.id} were open at once`),
};

const readingsBetween = ({ readings, began }: Chronicle, from: number, to: number): Reading[] =>
  readings.filter(({ minute }) => {
    const at = millis(began) + minute * MINUTE;
    return from <= at && at <= to;
  });

/** Minutes for which people must have been served well before automation says that it is over. */
const WELL_FOR = 4;

/** An alarm may turn red again while the last word is written. */
const LATELY = 10_000;

export const OVER_MEANS_WELL: Property = {
  name: 'automation resolves an incident of the service only once people are served well, and nothing is red',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) => {
      const end = timeline.find(({ type, by, cancelled }) => type === 'Resolved' && by === 'automation' && !cancelled);
      if (!end || BESIDE.includes(timeline[0]?.['playbook']) || timeline[0]?.['drill']) return [];
      const at = millis(end.at);
      const ill = readingsBetween(chronicle, at - WELL_FOR * MINUTE, at).filter(({ errorShare }) => errorShare > 0.01);
      const red = redBetween(chronicle, timeline, at - WELL_FOR * MINUTE, at - LATELY);
      return [
        ...ill
          .slice(0, 1)
          .map(({ minute, errorShare }) => `${id} at ${minuteOf(chronicle, at)}: ${errorShare} fail in ${minute}`),
        ...red.map(name => `${id} at ${minuteOf(chronicle, at)}: ${name} is red`),
      ];
    }),
};

/** Alarms of an incident that are red at any moment of a time. */
function redBetween(chronicle: Chronicle, timeline: readonly Entry[], from: number, to: number): string[] {
  const names = new Set(
    timeline.flatMap(({ type, key }) => (type === 'SignalFired' ? [String(key).replace('alarm:', '')] : [])),
  );
  return [...names].filter(name => {
    const own = chronicle.alarms.filter(alarm => alarm.name === name && millis(alarm.at) <= to);
    const later = own.filter(({ at }) => millis(at) > from);
    return own.at(own.length - later.length - 1)?.state === 'ALARM' || later.some(({ state }) => state === 'ALARM');
  });
}

/** A remedy whose end is verified by the service: the trouble is over by then. */
export const SUCCESS_IS_SO: Property = {
  name: 'the remedy of a trouble has not succeeded while people suffer as before',
  violations: chronicle =>
    chronicle.incidents.flatMap(({ id, timeline }) =>
      timeline
        .filter(({ type }) => type === 'StepSucceeded')
        .flatMap(success => {
          const started = timeline.find(({ type, run }) => type === 'StepStarted' && run === success['run']);
          if (!started || started['undoes'] || started['dryRun']) return [];
          const healed = TROUBLE_NAMES.filter(name => {
            const { heals } = troubleNamed(name);
            return heals !== undefined && String(started['document']).endsWith(heals);
          });
          const [before, after] = [
            readingsBetween(chronicle, millis(started.at) - 2 * MINUTE, millis(started.at)),
            readingsBetween(chronicle, millis(success.at) - 2 * MINUTE, millis(success.at) + MINUTE),
          ];
          const lasts = healed.filter(name => [...before, ...after].every(({ lasting }) => lasting.includes(name)));
          const suffer = Math.min(...after.map(({ errorShare }) => errorShare));
          if (lasts.length === 0 || after.length === 0 || suffer < 0.1) return [];
          return [`${id}: ${started['step']} at ${minuteOf(chronicle, success.at)}, and ${lasts.join(', ')} lasts`];
        }),
    ),
};

/** Minutes after which an ill cache is seen again by those whom the breaker kept from it. */
const SEEN_AGAIN = 3;

export const RELIEF_STAYS: Property = {
  name: 'the circuit breaker is not closed by automation while the cache is still ill',
  violations: chronicle =>
    entriesOf(chronicle, 'StepStarted')
      .filter(({ entry }) => entry['undoes'] && /circuit-breaker/.test(entry['document']))
      .filter(({ incident: { timeline }, entry }) => {
        const isAsked = timeline.some(
          ({ type, seq }) => seq < entry.seq && /ResolutionRequested|RevertRequested|HarmSeen/.test(type),
        );
        const failed = timeline.some(({ type, run }) => type === 'StepFailed' && run === entry['undoes']);
        const before = readingsBetween(chronicle, 0, millis(entry.at)).at(-1);
        const after = readingsBetween(chronicle, millis(entry.at), millis(entry.at) + SEEN_AGAIN * MINUTE);
        const isIll = ({ lasting }: Reading) => lasting.some(name => name.startsWith('redis'));
        return !isAsked && !failed && before?.changed.breaker && after.some(isIll);
      })
      .map(({ incident, entry }) => `${incident.id} at ${minuteOf(chronicle, entry.at)}`),
};

const PUBLISHED_WITHIN = 12;

export const HARM_IS_PUBLISHED: Property = {
  name: 'customers read of an incident while many of their requests fail',
  violations: chronicle => {
    return chronicle.incidents.flatMap(({ id, timeline }) => {
      const severe = timeline.find(({ type, severity }) => type === 'SeverityAssigned' && /P1|P2/.test(severity));
      if (!severe || BESIDE.includes(timeline[0]?.['playbook']) || timeline[0]?.['drill']) return [];
      const from = millis(severe.at);
      const to = from + PUBLISHED_WITHIN * MINUTE;
      const isOver = timeline.some(
        ({ type, at }) => /Resolved|MergedInto|HeldForMaintenance|PublicationDeclined/.test(type) && millis(at) < to,
      );
      const suffer = readingsBetween(chronicle, from, to);
      if (isOver || to > millis(chronicle.ended) || suffer.some(({ errorShare }) => errorShare < 0.2)) return [];
      if (silences(chronicle).some(span => overlaps({ from: span.from, to: span.to + 10 * MINUTE }, { from, to })))
        return [];
      const isPublic = timeline.some(({ type, at }) => type === 'Published' && millis(at) <= to);
      return isPublic ? [] : [`${id}: not by ${minuteOf(chronicle, to)}`];
    });
  },
};

const UPDATED_EACH = 30;

export const CUSTOMERS_HEAR: Property = {
  name: 'customers who read of an incident hear of it again each half an hour',
  violations: chronicle => {
    const hindered = [...outages(chronicle), ...windows(chronicle)];
    return chronicle.incidents.flatMap(({ id, timeline }) => {
      const end = millis(endOf({ timeline } as never)?.at ?? chronicle.ended);
      const told = timeline.filter(
        ({ type, to }) => type === 'Published' || (type === 'UpdatePosted' && to === 'public'),
      );
      if (!told.some(({ type }) => type === 'Published')) return [];
      return told.flatMap(({ at }, i) => {
        const due = millis(at) + (UPDATED_EACH + 5) * MINUTE;
        const next = millis(told[i + 1]?.at ?? '') || end;
        const isHindered = hindered.some(span =>
          overlaps({ from: span.from, to: span.to + 10 * MINUTE }, { from: millis(at), to: due }),
        );
        return next > due && !isHindered
          ? [`${id}: nothing from ${minuteOf(chronicle, at)} to ${minuteOf(chronicle, next)}`]
          : [];
      });
    });
  },
};
