import { type Incident, isOpen } from '../domain/incident/incident.ts';
import { FLAPPING, type Signal } from '../domain/incident/signal.ts';
import { keyOf } from '../store/keys.ts';
import { countRepetitions, type RepeatedSignal, type Repetitions, readRepetitions } from '../store/repetitions.ts';

/** Counts the changes of flapping signals, which are no events, and tells each signal how often it has changed. */
export async function withCounts(incident: Incident | undefined, signals: readonly Signal[]): Promise<Signal[]> {
  if (!incident || !isOpen(incident)) return [...signals];
  const repeated = signals.flatMap((signal): RepeatedSignal[] => {
    const flapping = incident.signals[signal.key]?.flapping;
    return flapping ? [{ ...signal, since: flapping.since }] : [];
  });
  if (repeated.length === 0) return [...signals];
  return counted(incident, signals, await countRepetitions(keyOf(incident), repeated));
}

/**
 * The observed signals with the counts of those that flap. A flapping signal that could not be observed is as its last change
 * left it.
 */
export async function withKnownCounts(incident: Incident, observed: readonly Signal[]): Promise<Signal[]> {
  const flapping = Object.entries(incident.signals).filter(([, signal]) => signal.flapping);
  if (flapping.length === 0) return [...observed];
  const repetitions = await readRepetitions(keyOf(incident));
  const { service, playbook } = incident;
  const unobserved = flapping.flatMap(([key]): Signal[] => {
    const last = repetitions[key];
    if (!last || observed.some(signal => signal.key === key)) return [];
    const { state, level, summary, at } = last;
    return [{ id: `repeated/${key}/${at}/${state}`, key, state, level, summary, at, service, playbook }];
  });
  return counted(incident, [...observed, ...unobserved], repetitions);
}

const counted = ({ signals: known }: Incident, signals: readonly Signal[], repetitions: Repetitions): Signal[] =>
  signals.map(signal => {
    const flapping = known[signal.key]?.flapping;
    const repetition = repetitions[signal.key];
    if (!flapping || repetition?.since !== flapping.since) return signal;
    return { ...signal, changes: FLAPPING.changes + 1 + repetition.changes };
  });
