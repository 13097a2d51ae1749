import type { Event } from '../incident/events.ts';
import { REAL_RESET } from '../incident/held.ts';
import { factsOf, type Incident, isHeldBack, type KnownSignal } from '../incident/incident.ts';
import { lasts, type Maintenance } from '../incident/maintenance.ts';
import { AUTOMATION } from '../incident/person.ts';
import { type Policy, playbookNamed } from '../incident/policy.ts';
import { heldBy } from '../incident/scope.ts';
import type { Signal } from '../incident/signal.ts';
import { isCause } from '../incident/troubles.ts';
import { assess } from '../kernel/severity.ts';
import { playbookOfAlarm } from './alarm-route.ts';
import { alarmBehind } from './observed-alarms.ts';
import { assignSeverity } from './severity.ts';

/**
 * Signals with the maintenance that is in force for each now. What a person declares or sets off for a drill is meant for people, and
 * a clear signal needs none. That an alarm is without data counts as trouble of the playbook that the alarm belongs to.
 */
export const withMaintenance = (
  signals: readonly Signal[],
  maintenance: readonly Maintenance[],
  policy: Policy,
): Signal[] =>
  signals.map(({ maintenance: _, ...signal }) => {
    if (signal.state === 'cleared' || signal.declared || signal.drill) return signal;
    const alarm = alarmBehind(signal.key);
    const playbook = (alarm && playbookOfAlarm(alarm, policy)?.name) ?? signal.playbook;
    const held = heldBy(maintenance, { playbook, alarm }, policy);
    // The same observation means something else once maintenance is over.
    return held ? { ...signal, id: `${signal.id}/within maintenance`, maintenance: held } : signal;
  });

/**
 * The maintenance of alarms that cannot be read here, as their last events told it: rules and suppressors of another account or region
 * cannot be asked for either. It lasts until the end that the event named.
 */
export const toldMaintenance = ({ signals }: Pick<Incident, 'signals'>, unreadable: readonly string[], now: string) =>
  unreadable.flatMap((key): Maintenance[] => {
    const { maintenance } = signals[key] ?? {};
    const alarm = alarmBehind(key);
    const isTold = maintenance?.source === 'mute rule' || maintenance?.source === 'suppression';
    return maintenance && alarm && isTold && lasts(maintenance, now)
      ? [{ ...maintenance, scope: { alarms: [alarm] } }]
      : [];
  });

/** True if the signal is as it was, and not in the scope of maintenance any more. */
export const isReleased = (known: KnownSignal | undefined, { state, maintenance }: Signal): boolean =>
  state !== 'cleared' && !maintenance && isHeldBack(known);

/** The event by which a new incident is held, when every signal of it is in the scope of maintenance. */
export function heldEvent(signals: readonly Signal[]): Event | undefined {
  const [maintenance] = signals.flatMap(signal => signal.maintenance ?? []);
  return maintenance && signals.every(signal => signal.maintenance)
    ? { type: 'HeldForMaintenance', ...maintenance }
    : undefined;
}

/** The incident that maintenance held is a real one from now on: it is told, judged and responded to as if it had just been opened. */
export function endMaintenance(incident: Incident, { playbook: outside, summary }: Signal): Event[] {
  const { policy } = incident;
  const { playbook } = incident.troubles.find(trouble => isCause(playbookNamed(policy, trouble.playbook))) ?? {
    playbook: outside,
  };
  const real = { ...incident, ...REAL_RESET, playbook };
  return [
    { type: 'MaintenanceEnded', playbook, reason: summary },
    ...assignSeverity(assess(factsOf(real), policy.criteria), policy, {
      ...{ by: AUTOMATION, escalated: 0, why: 'opened as' },
    }),
    { type: 'ResponseRequested', attempt: (incident.attempt?.number ?? 0) + 1, playbook },
  ];
}
