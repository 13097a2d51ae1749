import { truncated } from '../kernel/text.ts';
import { BOUNDS } from './bounds.ts';
import type { HeldBy, Maintenance } from './maintenance.ts';
import type { Policy } from './policy.ts';
import type { Component } from './service-policy.ts';

/** An alarm with the playbook that answers it. */
export interface ScopedAlarm {
  playbook: string;
  /** Undefined when no alarm sent the signal. */
  alarm: string | undefined;
}

/**
 * True if the alarm is in the maintenance's scope. An announcement covers a playbook only if it names every component that the
 * playbook affects: what it does not name is not expected to fail.
 */
export function covers(
  { scope }: Pick<Maintenance, 'scope'>,
  { playbook, alarm }: ScopedAlarm,
  { statusPage }: Pick<Policy, 'statusPage'>,
): boolean {
  if (scope === 'service') return true;
  if ('alarms' in scope) return alarm !== undefined && scope.alarms.includes(alarm);
  const affected = componentsOf([playbook], statusPage?.components ?? []);
  return affected.length > 0 && affected.every(({ id }) => scope.components.includes(id));
}

/** The first maintenance that covers the alarm. */
export function heldBy(
  maintenance: readonly Maintenance[],
  alarm: ScopedAlarm,
  policy: Pick<Policy, 'statusPage'>,
): HeldBy | undefined {
  const found = maintenance.find(known => covers(known, alarm, policy));
  if (!found) return undefined;
  const { source, until, reason } = found;
  return { source, reason: truncated(reason, BOUNDS.summary), ...(until ? { until } : {}) };
}

/** The components that playbooks affect. One that no component names may affect every component. */
export function componentsOf(playbooks: readonly string[], components: readonly Component[]): readonly Component[] {
  const affected = components.filter(
    ({ affectedBy }) => !affectedBy || playbooks.some(playbook => affectedBy.includes(playbook)),
  );
  return affected.length > 0 ? affected : components;
}
