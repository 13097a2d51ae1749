import type { Policy } from '../incident/policy.ts';
import type { Signal } from '../incident/signal.ts';
import { clock, minutesBetween } from '../kernel/time.ts';

/** The playbook that says what cannot be seen. */
export const MONITORING = 'Monitoring';

/** An alarm that has no data to judge by. */
export interface AlarmWithoutData {
  name: string;
  description?: string | undefined;
  reason?: string | undefined;
  /** When it came to have none. */
  since: string;
}

/** Minutes for which a metric may be silent: the alarm itself waits for some periods before. */
const SILENT_MINUTES = 2;
/** Minutes in which a new alarm gets its first data. */
const FIRST_MINUTES = 15;
/** CloudWatch says so of an alarm that has not been judged yet. */
const NEW = 'Unchecked: Initial alarm creation';

/** The key of the signal that an alarm is blind. */
export const blindKey = (alarm: string) => `blind:${alarm}`;

/** The alarm of such a key; undefined of any other. */
export const blindOf = (key: string) => (key.startsWith('blind:') ? key.slice('blind:'.length) : undefined);

/** A warning for each alarm of the service that has been without data for too long. */
export function blindSignals(
  service: string,
  alarms: readonly AlarmWithoutData[],
  policies: Record<string, Pick<Policy, 'playbook'>>,
  now: string,
): Signal[] {
  const own = new Set(Object.values(policies).flatMap(({ playbook }) => Object.keys(playbook.alarms)));
  return alarms
    .filter(({ name, since, reason = '' }) => {
      const patience = reason.startsWith(NEW) ? FIRST_MINUTES : SILENT_MINUTES;
      return own.has(name) && minutesBetween(since, now) >= patience;
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
