import { type Policy, playbookNamed } from '../incident/policy.ts';
import { ALARM_TAGS, alarmPrefix, type SignalLevel } from '../incident/signal.ts';

/** The service that is protected, with its playbooks. */
export interface ProtectedService {
  service: string;
  policy: Pick<Policy, 'playbooks'>;
}

/** The playbook that answers an alarm, and the alarm's level; or the reason why an alarm of this service has none. */
export type AlarmRoute = { playbook: string; level: SignalLevel } | { fault: string };

/** The playbook that was deployed with the alarm; undefined for an alarm of a user's own. */
export const playbookOfAlarm = (name: string, { playbooks }: ProtectedService['policy']) =>
  playbooks.find(({ alarms }) => Object.hasOwn(alarms, name));

/**
 * Routes an alarm by its tags, or by its name where the tags are not known. Undefined when the alarm is none of this service's.
 *
 * @example
 * routeAlarm('checkout-errors', { 'incident:service': 'checkout' }, { service: 'shop', policy }); // undefined
 */
export function routeAlarm(
  name: string,
  tags: Readonly<Record<string, string>>,
  { service, policy }: ProtectedService,
): AlarmRoute | undefined {
  const known = playbookOfAlarm(name, policy);
  const owner = tags[ALARM_TAGS.service];
  const isOurs = owner === undefined ? known || name.startsWith(alarmPrefix(service)) : owner === service;
  if (!isOurs) return undefined;
  const playbook = tags[ALARM_TAGS.playbook] ?? known?.name ?? '';
  const level = tags[ALARM_TAGS.level] ?? known?.alarms[name];
  if (playbookNamed(policy, playbook) && (level === 'warning' || level === 'critical')) return { playbook, level };
  const names = policy.playbooks.map(({ name }) => name).join(', ');
  return {
    fault: `alarm ${name}: no playbook for it. Tag it ${ALARM_TAGS.playbook} (one of ${names}) and ${ALARM_TAGS.level} (warning or critical)`,
  };
}
