import { withAffected, withService } from '../../kernel/severity.ts';
import { disruptionsWith, worstOf } from '../disruption.ts';
import type { EventOf, Status } from '../events.ts';
import { isHealthy } from '../harm.ts';
import { allClear, type Incident } from '../incident.ts';
import type { SignalState } from '../signal.ts';

type SignalEvent = EventOf<'SignalFired' | 'SignalCleared' | 'SignalLost'>;

/** Signals and measurements: what is known of the trouble. */
export function evolveSignals(
  incident: Incident,
  event: SignalEvent | EventOf<'DiagnosisRecorded' | 'ServiceMeasured' | 'ImprovementSeen'>,
): Partial<Incident> {
  switch (event.type) {
    case 'SignalFired':
      return {
        ...withSignal(incident, event, 'firing'),
        status: afterRelapse(incident),
        allClearSince: undefined,
        clearedAt: undefined,
      };
    case 'SignalLost':
      return { ...withSignal(incident, event, 'unknown'), allClearSince: undefined };
    case 'SignalCleared': {
      const cleared = { ...incident, ...withSignal(incident, event, 'cleared') };
      return allClear(cleared) ? { ...cleared, allClearSince: incident.allClearSince ?? event.at } : cleared;
    }
    case 'DiagnosisRecorded':
      return {
        ...withHealth(incident, diagnosed(event), event.at),
        disruptions: disruptionsWith(incident, diagnosed(event).facts, event.at),
        worst: worstOf(
          incident,
          ...event.findings.map(({ facts, times, at = event.at }) => ({
            facts,
            at: times?.['usersAffectedShare'] ?? at,
          })),
        ),
        // A diagnosis in which every check passed has identified nothing.
        status:
          incident.status === 'investigating' && event.findings.some(({ ok }) => ok === false)
            ? 'identified'
            : incident.status,
      };
    case 'ServiceMeasured': {
      const { facts, measuredAt } = event;
      const times = Object.fromEntries(Object.keys(facts).map(fact => [fact, measuredAt]));
      const known = {
        facts: withService(incident.facts, facts),
        measuredAt: { ...incident.measuredAt, ...times },
      };
      const isRelapse = isHealthy(incident) && !isHealthy({ ...incident, ...known });
      return {
        ...withHealth(incident, known, measuredAt),
        disruptions: disruptionsWith(incident, known.facts, measuredAt),
        worst: worstOf(incident, { facts, at: measuredAt }),
        ...(isRelapse ? { status: afterRelapse(incident) } : {}),
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

/** A signal that fires again, or people who suffer again, show that the mitigation did not last. */
const afterRelapse = ({ status }: Incident): Status => (status === 'monitoring' ? 'investigating' : status);

const withSignal = (incident: Incident, { key, level, summary, signalAt }: SignalEvent, state: SignalState) => ({
  signals: { ...incident.signals, [key]: { state, level, summary, at: signalAt } },
});

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
