import type { Incident } from './incident.ts';
import { investigationOf } from './publication.ts';
import { dateTime, plusMinutes } from './time.ts';
import type { EntryOf } from './timeline.ts';

/** Whether customers are to be told, as people are asked. */
export function publishedOrNot(incident: Incident, { severity, level }: EntryOf<'PublicationRequested'>): string {
  const investigation = investigationOf(incident);
  if (level !== undefined && investigation)
    return `Tell customers of the ${investigation} investigation (no outage is shown)? Say yes or no: you are asked until then`;
  const auto = incident.policy.severities[severity].publishes === 'auto';
  return `Are customers to be told? ${auto ? 'No harm to them was measured' : `It is a ${severity}`}, so it is published only if you say so`;
}

/** An answer is all that is wanted. */
export const answerDue = ({ policy, severity, severityAt, signals }: Incident) =>
  [
    `An answer is due by ${dateTime(plusMinutes(severityAt, policy.severities[severity].responseMinutes))}`,
    ...Object.values(signals).map(({ summary }) => summary),
  ].join(': ');
