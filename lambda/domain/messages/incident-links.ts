import { errorLines } from '../diagnosis/error-lines.ts';
import type { Incident } from '../incident/incident.ts';
import { alarmLabel, alarmOf, parseAlarmArn } from '../incident/signal.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { alarmUrl } from '../kernel/console.ts';
import { listedSignals } from './listed-signals.ts';

const SYSTEMS = { pagerduty: 'PagerDuty', opsgenie: 'Opsgenie', slack: 'Slack' } as const;

/** Where those who are not on call can follow it: tickets, threads and the status page. */
export const stakeholderLinks = ({ references, policy: { statusPage } }: Incident): Link[] => [
  // The thread in Slack has a line of its own.
  ...references.flatMap(({ system, url }) => (url && system !== 'slack' ? [{ label: SYSTEMS[system], url }] : [])),
  ...(statusPage ? [{ label: 'Status page', url: statusPage.url }] : []),
];

interface Link {
  label: string;
  url: string;
}

/** Links to tickets and threads, to the alarms in the console, to error lines, and those of the playbook and the service. */
export function incidentLinks(incident: Incident): Link[] {
  const { signals, policy, references } = incident;
  const alarms = listedSignals(signals).listed.flatMap(([key]) => alarmOf(key) ?? []);
  return [
    ...references.flatMap(({ system, url }) => (url ? [{ label: SYSTEMS[system], url }] : [])),
    ...alarms.map(alarm => {
      const { region, name } = parseAlarmArn(alarm) ?? { region: policy.region, name: alarm };
      return { label: `Alarm ${alarmLabel(alarm)}`, url: alarmUrl(region, name) };
    }),
    ...errorLines(incident),
    ...playbooksOf(incident).flatMap(({ links = [] }) => links),
    ...policy.links,
  ];
}
