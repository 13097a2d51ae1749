import type { Policy } from '../incident/policy.ts';
import type { Signal } from '../incident/signal.ts';
import { clock, minutesBetween } from '../kernel/time.ts';
import type { DescribedAlarm } from './described-alarm.ts';
import { FIRST_MINUTES, NOT_EVALUATED_YET } from './first-judgement.ts';

/** The playbook for alarms that cannot see. */
export const MONITORING = 'Monitoring';

/** Minutes for which an alarm may be without data. The alarm itself has waited for some periods before that. */
const SILENT_MINUTES = 2;

/** The key of the signal that an alarm is without data. */
export const blindKey = (alarm: string) => `blind:${alarm}`;

/** The alarm's name in such a key; undefined for any other key. */
export const blindOf = (key: string) => (key.startsWith('blind:') ? key.slice('blind:'.length) : undefined);

/** A warning for each alarm of the service that has been without data for too long. */
export function blindSignals(
  service: string,
  alarms: readonly DescribedAlarm[],
  { playbooks }: Pick<Policy, 'playbooks'>,
  now: string,
): Signal[] {
  const ownAlarms = new Set(playbooks.flatMap(playbook => Object.keys(playbook.alarms)));
  return alarms
    .filter((alarm): alarm is DescribedAlarm & { since: string } => {
      const { name, since, reason = '' } = alarm;
      const toleratedMinutes = reason.startsWith(NOT_EVALUATED_YET) ? FIRST_MINUTES : SILENT_MINUTES;
      return ownAlarms.has(name) && since !== undefined && minutesBetween(since, now) >= toleratedMinutes;
    })
    .map(({ name, description = name, since }) => ({
      id: `blind/${name}/${since}`,
      key: blindKey(name),
      state: 'firing',
      level: 'warning',
      service,
      playbook: MONITORING,
      at: since,
      summary: `No data since ${clock(since)} UTC, so nobody would notice: ${description}`,
    }));
}
