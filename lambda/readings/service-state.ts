import { observeAlarms } from '../adapters/alarms.ts';
import { probeAll, toHealthCheck } from '../adapters/health-urls.ts';
import type { Check } from '../domain/incident/events.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Signal, SignalState } from '../domain/incident/signal.ts';
import { isReleased } from '../domain/intake/maintenance.ts';
import { commit, idOf } from '../runtime/command-handler.ts';
import { deployed } from '../runtime/deployed.ts';
import { withKnownCounts } from '../runtime/repetitions.ts';
import { inCommits } from '../store/commit-size.ts';
import { keyOf } from '../store/keys.ts';

/** The current state of the service's alarms and health URLs, by which every step is verified. */
export async function verifyService(incident: Incident): Promise<{ signals: Signal[]; checks: Check[] }> {
  const { healthUrls } = (await deployed()).resources;
  const [signals, probes] = await Promise.all([observeAlarms(incident), probeAll(healthUrls)]);
  return {
    signals,
    checks: [...signalChecks(signals), ...probes.map(toHealthCheck)],
  };
}

/** What maintenance has made red says nothing about a step. */
export const signalChecks = (signals: readonly Signal[]): Check[] =>
  signals.filter(({ maintenance }) => !maintenance).map(toCheck);

const isClear = ({ state }: Signal) => state === 'cleared';

const toCheck = ({ key, state }: Signal): Check => ({
  check: key,
  passed: state === 'cleared',
  seen: STATE_WORDS[state],
});

const STATE_WORDS: Record<SignalState, string> = { cleared: 'OK', firing: 'ALARM', unknown: 'no data' };

/**
 * Commits the states of alarms that differ from the incident's: it makes up for lost events. What fires comes first, so that nothing
 * looks clear between two commits.
 */
export async function commitObservedSignals(incident: Incident, signals: Signal[]): Promise<Incident> {
  const isRealDuringDrill = ({ state, drill }: Signal) => incident.drill && state === 'firing' && !drill;
  const counted = await withKnownCounts(incident, signals);
  const changed = counted.filter(signal => {
    const known = incident.signals[signal.key];
    return known?.state !== signal.state || known.flapping || isRealDuringDrill(signal) || isReleased(known, signal);
  });
  const ordered = changed.toSorted((one, other) => Number(isClear(one)) - Number(isClear(other)));
  let known = incident;
  for (const signals of inCommits(ordered)) {
    const { incident: after } = await commit(keyOf(known), { type: 'observe signals', id: idOf(signals), signals });
    known = after ?? known;
  }
  return known;
}
