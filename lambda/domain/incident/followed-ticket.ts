import type { Incident } from './incident.ts';
import type { Source } from './person.ts';
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
 * A ticket is the incident's once it is recorded. The event of our own opening records one with a title of ours; one with the
 * incident's key is recorded as well, while it is open and after we have opened a ticket. Any other only looks like ours.
 */
export function isTicketOf(incident: Incident, { ticket, change }: Pick<TicketNews, 'ticket' | 'change'>): boolean {
  const followed = followedTicket(incident, ticket.system);
  if (followed === ticket.ref) return true;
  if (ticket.key === undefined) return change === 'opened' && isTitleOf(incident, ticket);
  const opened = change === 'opened' || incident.references.some(({ system }) => system === ticket.system);
  return ticket.key === incident.id && opened && (followed === undefined || ticket.status === 'open');
}

/** Another stack may have an incident of the same id in the same account of the other system. */
const isTitleOf = ({ id, policy }: Incident, { title = '' }: Ticket) =>
  TITLE.test(title) && title.slice(title.indexOf('INC-')).startsWith(`${id} ${policy.title} `);

/** True if the request comes from the thread or the alert that is recorded for the incident. Links and the command line have none. */
export const comesFrom = (
  { references }: Pick<Incident, 'references'>,
  { via, from }: { via: Source; from?: string | undefined },
): boolean =>
  via === 'link' || via === 'command line' || references.some(({ system, ref }) => system === via && ref === from);
