import { errorLines } from '../diagnosis/error-lines.ts';
import type { Incident } from '../incident/incident.ts';
import { alarmOf } from '../incident/signal.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { alarmUrl } from '../kernel/console.ts';
import { listedSignals } from './listed-signals.ts';

const SYSTEMS = { pagerduty: 'PagerDuty', opsgenie: 'Opsgenie', slack: 'Slack' } as const;

/** Links to tickets and threads, to the alarms in the console, to error lines, and those of the playbook and the service. */
export function incidentLinks(incident: Incident): { label: string; url: string }[] {
  const { signals, policy, references } = incident;
  const alarms = listedSignals(signals).listed.flatMap(([key]) => alarmOf(key) ?? []);
  return [
    ...references.flatMap(({ system, url }) => (url ? [{ label: SYSTEMS[system], url }] : [])),
    ...alarms.map(name => ({ label: `Alarm ${name}`, url: alarmUrl(policy.region, name) })),
    ...errorLines(incident),
    ...playbooksOf(incident).flatMap(({ links = [] }) => links),
    ...policy.links,
  ];
}
