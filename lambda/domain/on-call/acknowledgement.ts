import type { Decision } from '../incident/commands.ts';
import type { Incident } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import type { Occurrence } from '../incident/ticket.ts';

/** True while somebody has answered for the incident. */
export const isAcknowledged = ({ acknowledged }: Incident, now: string): boolean =>
  acknowledged !== undefined && acknowledged.until > now;

/** Nobody answers for the incident any more: the first level is called at once, and the path climbs from there. */
export function withdrawAcknowledgement(
  incident: Incident,
  { by, via, reason, occurredAt }: Person & Occurrence & { reason?: string | undefined },
  now: string,
): Decision {
  const { id, acknowledged, escalation, policy, severity } = incident;
  if (!acknowledged || !isAcknowledged(incident, now)) return { refused: `${id} is not acknowledged` };
  const [first] = policy.escalation;
  const calls = escalation && policy.severities[severity].pages && first;
  const words = `the acknowledgement by ${acknowledged.by} was withdrawn${reason ? `: ${reason}` : ''}`;
  return {
    events: [
      {
        type: 'AcknowledgementWithdrawn',
        by,
        via,
        ...(reason ? { reason } : {}),
        ...(occurredAt ? { occurredAt } : {}),
      },
      ...(calls ? [{ type: 'Escalated' as const, level: first.level, role: first.role, reason: words }] : []),
    ],
  };
}
