import type { Incident } from './incident.ts';
import { DRILL } from './signal.ts';
import type { Ticket, TicketNews } from './ticket.ts';

/** The title of an incident's ticket. The id in it, at this place, is how people and webhooks find the incident again. */
export const ticketTitle = ({ drill, severity, policy, title, id }: Incident): string =>
  `${drill ? `${DRILL} ` : ''}${severity} ${id} ${policy.title} ${title}`;

const TITLE = /^(?:\[DRILL\] )?P[1-4] (INC-\d{4}-\d{2}-\d{2}-\d{3,}) /;

/** The incident whose ticket this may be, by its key, or by a title of ours; one that mentions an incident elsewhere is not. */
export const incidentNamedBy = ({ key, title = '' }: Ticket): string | undefined => key ?? TITLE.exec(title)?.[1];

/** The ticket that the incident follows; undefined while only the key is known that we opened it by. */
export const followedTicket = ({ references, id }: Incident, system: Ticket['system']): string | undefined =>
  references.find(other => other.system === system && other.ref !== id)?.ref;

/**
 * A ticket is the incident's if the incident follows it. A ticket with the incident's key becomes so while it is open, and one with a
 * title of ours if we have opened it, or if none is followed yet.
 */
export function isTicketOf(incident: Incident, { ticket, change }: Pick<TicketNews, 'ticket' | 'change'>): boolean {
  const followed = followedTicket(incident, ticket.system);
  if (followed === ticket.ref) return true;
  if (incidentNamedBy(ticket) !== incident.id) return false;
  if (followed === undefined || change === 'opened') return ticket.key !== undefined || isTitleOf(incident, ticket);
  return ticket.key !== undefined && ticket.status === 'open';
}

/** Another stack may have an incident of the same id in the same account of the other system. */
const isTitleOf = ({ id, policy }: Incident, { title = '' }: Ticket) => title.includes(`${id} ${policy.title} `);
