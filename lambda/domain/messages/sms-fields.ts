import type { IncidentEvent } from '../incident/events.ts';
import { type Incident, isOpen } from '../incident/incident.ts';
import { clockSince, plusMinutes } from '../kernel/time.ts';

/** The fields that an SMS has beside those of the page. */
export interface SmsFields {
  /** The state of the incident, or the answer that is asked for: an SMS has room for nothing else. */
  state: string;
  /** By when the reader must respond or answer: "Respond by 10:09 UTC", "by 09:39 UTC". Null when nothing is asked. */
  deadline: string | null;
  /** The state is a question, and the deadline ends it. */
  asks: boolean;
}

export function smsFields(
  incident: Incident,
  event: IncidentEvent,
  { short, headline }: { short: string; headline: string },
): SmsFields {
  if (event.type !== 'ApprovalRequested' && event.type !== 'ApprovalAskedAgain')
    return {
      state: withoutFullStop(short === headline ? short : capitalised(short)),
      deadline: respondBy(incident, event),
      asks: false,
    };
  const { title, expiresAt, at } = event;
  return { state: `Approve "${title}"`, deadline: `by ${clockSince(at, expiresAt)} UTC`, asks: true };
}

/** The end of the response time, which counts from the last rise of the severity, until somebody has acknowledged. */
function respondBy(incident: Incident, { at }: IncidentEvent): string | null {
  const { policy, severity, severityAt, acknowledged, held } = incident;
  if (!isOpen(incident) || held || (acknowledged && acknowledged.until > at)) return null;
  const due = plusMinutes(severityAt, policy.severities[severity].responseMinutes);
  return due > at ? `Respond by ${clockSince(at, due)} UTC` : 'Respond now';
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const withoutFullStop = (text: string) => text.replace(/[.\s]+$/, '');
