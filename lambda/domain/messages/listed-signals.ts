import type { Incident, KnownSignal } from '../incident/incident.ts';
import { clockSince } from '../kernel/time.ts';

type Signals = Incident['signals'];

/** A signal with the time since which it fires, or of its last change. */
export const datedSignal = ({ summary, state, at }: KnownSignal, now: string): string =>
  `${summary}, ${state === 'firing' ? 'since' : 'at'} ${clockSince(now, at)} UTC`;

/** So many signals a message lists. A storm knows hundreds: nobody reads as many, and a message has a limit. */
const MOST = 20;

/** The signals that a message lists, and how many more there are. Of many, those that fire come first. */
export function listedSignals(signals: Signals): { listed: [key: string, signal: Signals[string]][]; more: number } {
  const all = Object.entries(signals);
  if (all.length <= MOST) return { listed: all, more: 0 };
  const isQuiet = ([, { state }]: (typeof all)[number]) => Number(state !== 'firing');
  const ordered = all.toSorted((one, other) => isQuiet(one) - isQuiet(other));
  return { listed: ordered.slice(0, MOST), more: all.length - MOST };
}
