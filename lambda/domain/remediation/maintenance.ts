import type { Obligation } from '../incident/commands.ts';
import { firing, type Incident } from '../incident/incident.ts';
import type { HeldBy, Maintenance } from '../incident/maintenance.ts';
import { heldBy } from '../incident/scope.ts';
import { alarmBehind } from '../intake/observed-alarms.ts';

/** The maintenance by which nothing may be done for a playbook: it covers the playbook, or an alarm of it that fires. */
export function heldPlaybook(
  incident: Incident,
  playbook: string,
  maintenance: readonly Maintenance[],
): HeldBy | undefined {
  const alarms = firing(incident).flatMap(([key, signal]) =>
    signal.playbook === playbook ? (alarmBehind(key) ?? []) : [],
  );
  for (const alarm of [undefined, ...alarms]) {
    const held = heldBy(maintenance, { playbook, alarm }, incident.policy);
    if (held) return held;
  }
  return undefined;
}

/** The obligations of an incident while maintenance explains everything that fires: customers read of the maintenance instead. */
export function dueWithin(
  due: readonly Obligation[],
  incident: Incident,
  maintenance: readonly Maintenance[],
): readonly Obligation[] {
  const fires = firing(incident);
  const isExplained =
    fires.length > 0 &&
    fires.every(([key, { playbook }]) => heldBy(maintenance, { playbook, alarm: alarmBehind(key) }, incident.policy));
  return isExplained ? due.filter(({ type }) => type !== 'publish' && type !== 'ask to publish') : due;
}
