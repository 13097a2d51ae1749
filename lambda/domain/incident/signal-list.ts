import { BOUNDS, sizeOf } from './bounds.ts';
import type { Incident } from './incident.ts';

type Signals = Incident['signals'];

/** Bytes of a signal in the state besides its key and its summary: names of fields, times, numbers. */
const OVERHEAD = 160;

const sizeOfSignal = (key: string, summary: string) => sizeOf(key) + sizeOf(summary) + OVERHEAD;

const sizeOfAll = (signals: Signals) =>
  Object.entries(signals).reduce((size, [key, { summary }]) => size + sizeOfSignal(key, summary), 0);

const isCleared = ([, { state }]: [string, Signals[string]]) => state === 'cleared';

/** True if the incident can list another signal, in place of one that is clear where it has to be. */
export function hasRoomFor(signals: Signals, key: string, summary: string): boolean {
  return key in signals || fits(withRoomFor(signals, key, summary), key, summary);
}

/** The signals without the oldest clear ones that another one needs the room of. */
export function withRoomFor(signals: Signals, key: string, summary: string): Signals {
  if (fits(signals, key, summary)) return signals;
  const entries = Object.entries(signals).sort(([, one], [, other]) => one.at.localeCompare(other.at));
  const oldest = entries.find(isCleared);
  if (!oldest) return signals;
  return withRoomFor(
    Object.fromEntries(Object.entries(signals).filter(([other]) => other !== oldest[0])),
    key,
    summary,
  );
}

const fits = (signals: Signals, key: string, summary: string) =>
  sizeOfAll(signals) + sizeOfSignal(key, summary) <= BOUNDS.signals;
