import { type Incident, isOpen } from '../domain/incident/incident.ts';
import { FLAPPING, type Signal } from '../domain/incident/signal.ts';
import { clock } from '../domain/kernel/time.ts';
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
  const flapping = Object.keys(incident.signals).filter(key => incident.signals[key]?.flapping);
  return counted(incident, signals, await countRepetitions(keyOf(incident), repeated, flapping));
}

/**
 * The observed signals with the counts of those that flap. A flapping signal that could not be observed is as its last change
 * left it.
 */
export async function withKnownCounts(incident: Incident, observed: readonly Signal[]): Promise<Signal[]> {
  const flaps = Object.entries(incident.signals).filter(([, signal]) => signal.flapping);
  if (flaps.length === 0) return [...observed];
  const repetitions = await readRepetitions(keyOf(incident));
  const { service, playbook } = incident;
  const unobserved = flaps.flatMap(([key, { level, summary: known, flapping }]): Signal[] => {
    const last = repetitions.of(key, flapping?.since ?? '');
    if (!last || observed.some(signal => signal.key === key)) return [];
    const { state, at } = last;
    const summary = state === 'firing' ? known : `${LAST_STATE[state]} since ${clock(at)} UTC, by its last event`;
    return [{ id: `repeated/${key}/${at}/${state}`, key, state, level, summary, at, service, playbook }];
  });
  return counted(incident, [...observed, ...unobserved], repetitions);
}

const LAST_STATE = { cleared: 'OK', unknown: 'no data' };

const counted = ({ signals: known }: Incident, signals: readonly Signal[], repetitions: Repetitions): Signal[] =>
  signals.map(signal => {
    const flapping = known[signal.key]?.flapping;
    const repetition = flapping && repetitions.of(signal.key, flapping.since);
    if (!repetition) return signal;
    return { ...signal, changes: FLAPPING.changes + 1 + repetition.changes };
  });
