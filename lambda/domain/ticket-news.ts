import type { Decision } from './incident/commands.ts';
import type { Event } from './incident/events.ts';
import { followedTicket, isTicketOf } from './incident/followed-ticket.ts';
import { type Incident, isOpen } from './incident/incident.ts';
import type { TicketNews } from './incident/ticket.ts';
import { clock } from './kernel/time.ts';
import { isAcknowledged, withdrawAcknowledgement } from './on-call/acknowledgement.ts';
import { acknowledged } from './operator-commands.ts';
import { resolveByPerson } from './remediation/response.ts';

const SYSTEMS = { pagerduty: 'PagerDuty' } as const;

/**
 * Decides what a change of an incident's ticket means for the incident. Only a person answers a page; a person, a workflow and an
 * API token can resolve; a time limit of the other system can do neither. Everything else is told on the timeline.
 */
export function hearOfTicket(incident: Incident, news: TicketNews, now: string): Decision {
  const { id } = incident;
  if (!isTicketOf(incident, news)) return { refused: `${news.ticket.ref} is not the ticket of ${id}` };
  const following = follow(incident, news);
  const meaning = meaningOf(incident, news, now);
  if ('refused' in meaning) return following.length > 0 ? { events: following } : meaning;
  return { events: [...following, ...meaning.events] };
}

/** The ticket that is followed from now on, if it is another than before. A merge leads to the other ticket. */
function follow(incident: Incident, { ticket, change, into }: TicketNews): Event[] {
  const { system } = ticket;
  const { ref, url } = change === 'merged' ? (into ?? ticket) : ticket;
  if (ref === followedTicket(incident, system) || (ticket.status === undefined && change !== 'merged')) return [];
  return [{ type: 'ReferenceAdded', system, ref, url }];
}

function meaningOf(incident: Incident, news: TicketNews, now: string): Decision {
  const { by, via, ticket, change, agent, text, occurredAt } = news;
  const where = SYSTEMS[ticket.system];
  const occurrence = occurredAt ? { occurredAt } : {};
  const told = (words = text): Decision =>
    change === 'opened' || change === 'note'
      ? { events: [] }
      : { events: [{ type: 'TicketChanged', by, via, change, ...(words ? { text: words } : {}), ...occurrence }] };
  const over = { refused: `${incident.id} is ${incident.status}` };
  if (occurredAt && isOpen(incident) && isOvertaken(incident, { change, occurredAt }))
    return told(`at ${clock(occurredAt)} UTC, and overtaken since`);
  switch (change) {
    case 'acknowledged': {
      if (!isOpen(incident)) return over;
      if (agent !== 'person') return told();
      // The lease began when they answered: PagerDuty repeats for hours what it could not tell.
      const event = acknowledged(incident, { by, via }, occurredAt && occurredAt < now ? occurredAt : now);
      return event.until > now
        ? { events: [{ ...event, ...occurrence }] }
        : told(`at ${clock(occurredAt ?? now)} UTC, and it has expired since`);
    }
    case 'unacknowledged': {
      if (!isOpen(incident)) return over;
      const reason = agent === 'person' ? `unacknowledged in ${where}` : `it lapsed in ${where}`;
      return isAcknowledged(incident, now)
        ? withdrawAcknowledgement(incident, { by, via, reason, ...occurrence }, now)
        : told();
    }
    case 'resolved':
      if (!isOpen(incident)) return over;
      return agent === 'system' ? told() : resolved(incident, news, `resolved in ${where}`, now);
    case 'reopened':
      return told(isOpen(incident) ? text : `${incident.id} stays over; what is red opens a new incident`);
    case 'note':
      return { events: text ? [{ type: 'NoteAdded', by, via, text }] : [] };
    default:
      return told();
  }
}

/** Webhooks may come late and in any order: of two that contradict each other the later change counts. */
function isOvertaken(
  { answeredAt = '', ticketReopenedAt = '' }: Incident,
  { change, occurredAt }: { change: TicketNews['change']; occurredAt: string },
): boolean {
  if (change === 'resolved') return occurredAt < ticketReopenedAt;
  const isAnswer = change === 'acknowledged' || change === 'unacknowledged';
  return isAnswer && occurredAt < answeredAt;
}

/** A program that resolves has not answered for the incident, while changes are reverted first. */
function resolved(incident: Incident, { by, via, agent }: TicketNews, reason: string, now: string): Decision {
  const decision = resolveByPerson(incident, { by, via }, { reason }, now);
  if ('refused' in decision || agent === 'person') return decision;
  return { events: decision.events.filter(({ type }) => type !== 'Acknowledged') };
}
