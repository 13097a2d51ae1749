import { withAffected, withService } from '../../kernel/severity.ts';
import { minutesBetween } from '../../kernel/time.ts';
import { measuredCauses } from '../causes.ts';
import { disruptionsWith, worstOf } from '../disruption.ts';
import type { EventOf, Status } from '../events.ts';
import { isHealthy } from '../harm.ts';
import { allClear, type Incident, type KnownSignal } from '../incident.ts';
import { withReturn } from '../returns.ts';
import { FLAPPING, type SignalState } from '../signal.ts';
import { withRoomFor } from '../signal-list.ts';

type SignalEvent = EventOf<'SignalFired' | 'SignalCleared' | 'SignalLost' | 'SignalFlaps'>;

/** Signals and measurements: what is known of the trouble. */
export function evolveSignals(
  incident: Incident,
  event:
    | SignalEvent
    | EventOf<'SignalsUnlisted' | 'AlarmsUnreadable' | 'AlarmsReadable' | 'CauseFound'>
    | EventOf<'DiagnosisRecorded' | 'ServiceMeasured' | 'ImprovementSeen'>,
): Partial<Incident> {
  switch (event.type) {
    case 'SignalFired':
    case 'SignalFlaps':
      if (event.maintenance)
        return { ...withSignal(incident, event, 'firing'), ...(incident.held && { allClearSince: undefined }) };
      return {
        ...withSignal(incident, event, 'firing'),
        troubles: withTrouble(incident, event),
        runs: withReturn(incident, event.at, event.playbook ?? incident.playbook),
        status: afterRelapse(incident),
        allClearSince: undefined,
        clearedAt: undefined,
      };
    case 'SignalLost': {
      const lost = { ...incident, ...withSignal(incident, event, 'unknown') };
      return allClear(lost) ? lost : { ...lost, allClearSince: undefined };
    }
    case 'SignalCleared': {
      const cleared = { ...incident, ...withSignal(incident, event, 'cleared') };
      return allClear(cleared) ? { ...cleared, allClearSince: incident.allClearSince ?? event.at } : cleared;
    }
    case 'SignalsUnlisted':
      return { unlisted: true };
    case 'CauseFound':
      return { playbook: event.playbook, title: event.title };
    case 'AlarmsUnreadable':
      return { signals: withEach(incident, event.keys, known => ({ ...known, unreadable: true })) };
    case 'AlarmsReadable':
      return { signals: withEach(incident, event.keys, ({ unreadable: _, ...known }) => known) };
    case 'DiagnosisRecorded': {
      const known = diagnosed(event);
      const [cause] = measuredCauses({ ...incident, ...known });
      return {
        ...withHealth(incident, known, event.at),
        ...(isRelapse(incident, known) ? { runs: withReturn(incident, event.at) } : {}),
        disruptions: disruptionsWith(incident, known.facts, event.at),
        worst: worstOf(
          incident,
          ...event.findings.map(({ facts, times, at = event.at }) => ({
            facts,
            at: times?.['usersAffectedShare'] ?? at,
          })),
        ),
        diagnosedAt: event.at,
        ...(cause !== undefined && incident.status === 'investigating' ? { status: 'identified', cause } : {}),
      };
    }
    case 'ServiceMeasured': {
      const { facts, measuredAt } = event;
      const times = Object.fromEntries(Object.keys(facts).map(fact => [fact, measuredAt]));
      const known = {
        facts: withService(incident.facts, facts),
        measuredAt: { ...incident.measuredAt, ...times },
      };
      return {
        ...withHealth(incident, known, measuredAt),
        disruptions: disruptionsWith(incident, known.facts, measuredAt),
        worst: worstOf(incident, { facts, at: measuredAt }),
        ...(isRelapse(incident, known)
          ? { status: afterRelapse(incident), runs: withReturn(incident, measuredAt) }
          : {}),
      };
    }
    case 'ImprovementSeen':
      return { improvedTo: event.severity };
  }
}

/** Adds to newly known facts since when people have been served well, or that they suffer. */
const withHealth = <Known extends Pick<Incident, 'facts'>>(incident: Incident, known: Known, at: string) =>
  isHealthy({ ...incident, ...known })
    ? { ...known, healthySince: incident.healthySince ?? at }
    : { ...known, healthySince: undefined, harmed: true };

const isRelapse = (incident: Incident, known: Pick<Incident, 'facts'>) =>
  isHealthy(incident) && !isHealthy({ ...incident, ...known });

/** A signal that fires again, or people who suffer again, show that the mitigation did not last. */
const afterRelapse = ({ status }: Incident): Status => (status === 'monitoring' ? 'investigating' : status);

const withEach = ({ signals }: Incident, keys: readonly string[], change: (known: KnownSignal) => KnownSignal) =>
  Object.fromEntries(
    Object.entries(signals).map(([key, known]) => [key, keys.includes(key) ? change(known) : known] as const),
  );

function withSignal(
  incident: Incident,
  event: SignalEvent,
  state: SignalState,
): Pick<Incident, 'signals' | 'unlisted'> {
  const { key, level, summary, signalAt: at, playbook = incident.playbook } = event;
  const known = incident.signals[key];
  const others = known ? incident.signals : withRoomFor(incident.signals, key, summary);
  const flapping = event.type === 'SignalFlaps' ? { since: event.since, changes: event.changes } : undefined;
  const signal = {
    ...{ playbook, state, level, summary, at, ...changesOf(known, event, state) },
    ...(flapping && { flapping }),
    ...(event.maintenance && state !== 'cleared' && { maintenance: event.maintenance }),
    ...(known?.unreadable && { unreadable: known.unreadable }),
  };
  return { signals: { ...others, [key]: signal }, unlisted: undefined };
}

/** A signal of a playbook that has not fired yet is a trouble of its own. */
function withTrouble({ troubles, playbook: opening }: Incident, { playbook = opening, at: since }: SignalEvent) {
  return troubles.some(known => known.playbook === playbook) ? troubles : [...troubles, { playbook, since }];
}

/** The changes of a signal within an hour of the first of them. */
function changesOf(known: KnownSignal | undefined, { signalAt, type }: SignalEvent, state: SignalState) {
  if (!known || (known.flapping && type !== 'SignalFlaps')) return { changes: 0, since: signalAt };
  if (known.state === state) return { changes: known.changes, since: known.since };
  return minutesBetween(known.since, signalAt) <= FLAPPING.windowMinutes
    ? { changes: known.changes + 1, since: known.since }
    : { changes: 1, since: signalAt };
}

/** The facts of a diagnosis, each with its time. They replace those of an earlier diagnosis, which may not hold any more. */
const diagnosed = ({ attempt, findings, at }: EventOf<'DiagnosisRecorded'>) => ({
  findings,
  diagnosedIn: attempt,
  facts: withAffected(Object.assign({}, ...findings.map(({ facts }) => facts))),
  objects: Object.assign({}, ...findings.map(({ objects }) => objects)),
  measuredAt: Object.assign(
    {},
    ...findings.map(({ facts, times, at: foundAt = at }) =>
      Object.fromEntries(Object.keys(facts).map(fact => [fact, times?.[fact] ?? foundAt])),
    ),
  ),
});
