import { alarmUrl } from '../../lambda/domain/kernel/console.ts';
import type { Source } from './source.ts';

/** The alarms of the responder itself: those that belong to no playbook. */
export function ownAlarms({ config, alarms, playbooks }: Source) {
  const ofPlaybooks = new Set(playbooks.flatMap(({ policy }) => Object.keys(policy.alarms)));
  return alarms
    .filter(({ alarmName = '' }) => !ofPlaybooks.has(alarmName))
    .map(({ alarmName = '', alarmDescription = '' }) => ({
      name: alarmName,
      url: alarmUrl(config.region, alarmName),
      says: alarmDescription,
    }));
}
