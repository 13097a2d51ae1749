import type { EventOf } from '../incident/events.ts';
import { type Incident, isOpen } from '../incident/incident.ts';
import { dateTime, plusMinutes } from '../kernel/time.ts';
import { investigationOf } from './publication.ts';

/** The question if customers are told, for people on call. */
export function publicationQuestion(incident: Incident, { severity, level }: EventOf<'PublicationRequested'>): string {
  const investigation = investigationOf(incident);
  if (level !== undefined && investigation)
    return `Tell customers of the ${investigation} investigation (no outage is shown)? Say yes or no: you are asked until then`;
  const auto = incident.policy.severities[severity].publishes === 'auto';
  return `Are customers to be told? ${auto ? 'No harm to them was measured' : `It is a ${severity}`}, so it is published only if you say so`;
}

/** The headline of a question (P4), which only needs an answer. */
export const answerDue = ({ policy, severity, severityAt, signals }: Incident) =>
  [
    `An answer is due by ${dateTime(plusMinutes(severityAt, policy.severities[severity].responseMinutes))}`,
    ...Object.values(signals).map(({ summary }) => summary),
  ].join(': ');

/** Tells if people have another way to do what fails, by the last report; null when nobody has reported. */
export function workaround({ workaround: reported }: Incident): string | null {
  if (!reported) return null;
  const { available, by, text } = reported;
  return `${available ? 'available' : 'none'}, says ${by}${text ? `: ${text}` : ''}`;
}

/** The workaround, or the question for it while the incident is open; a P4 is not asked for one. */
export function workaroundOrQuestion(incident: Incident): string | null {
  const { id, severity } = incident;
  if (!isOpen(incident) || severity === 'P4') return workaround(incident);
  return workaround(incident) ?? `not known: is there one? npx incident workaround ${id} yes|no`;
}
