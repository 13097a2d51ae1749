import type { Event } from '../incident/events.ts';
import type { KnownSignal } from '../incident/incident.ts';
import { FLAPPING, type Signal } from '../incident/signal.ts';
import { minutesBetween } from '../kernel/time.ts';

/** True if the change that this signal reports makes one too many within the window. */
export function beginsToFlap(known: KnownSignal | undefined, { state, at }: Signal): boolean {
  if (!known || known.flapping || known.state === state) return false;
  const changes = minutesBetween(known.since, at) <= FLAPPING.windowMinutes ? known.changes + 1 : 1;
  return changes > FLAPPING.changes;
}

/** The event by which a signal begins to flap, or by which its changes, of which there are twice as many now, are told again. */
export function flappingEvent(
  known: KnownSignal,
  { key, playbook, level, summary, at: signalAt, changes, maintenance }: Signal,
): Event {
  return {
    ...{ type: 'SignalFlaps', key, playbook, level, summary, signalAt },
    since: known.flapping?.since ?? known.since,
    changes: changes ?? known.changes + 1,
    ...(maintenance ? { maintenance } : {}),
  };
}

/** True if a flapping signal has kept its state for so long that it counts again. */
export const isCalm = ({ at }: Signal, now: string): boolean => minutesBetween(at, now) >= FLAPPING.calmMinutes;

/** True if a flapping signal has changed so often that it is worth another event. */
export const isToldAgain = (known: KnownSignal, { changes = 0 }: Signal): boolean =>
  known.flapping !== undefined && changes >= 2 * known.flapping.changes;
