import type { Person } from './person.ts';

/** The changes of a ticket that its system tells of. `opened`: our own event has opened it. */
export const TICKET_CHANGES = [
  'opened',
  'acknowledged',
  'unacknowledged',
  'reassigned',
  'delegated',
  'escalated',
  'priority',
  'note',
  'status update',
  'reopened',
  'merged',
  'resolved',
] as const;
export type TicketChange = (typeof TICKET_CHANGES)[number];

/** A ticket as an event of its system describes it. */
export interface Ticket {
  system: 'pagerduty';
  ref: string;
  url?: string | undefined;
  /** The key under which it was opened. PagerDuty mostly tells none of a ticket that we opened. */
  key?: string | undefined;
  title?: string | undefined;
  /** Absent when the event does not tell. */
  status?: 'open' | 'resolved' | undefined;
}

/** The time at which something happened in another system, where that tells it: its message may come late. */
export interface Occurrence {
  occurredAt?: string | undefined;
}

/** A change of a ticket, and who made it: a program is a workflow or an API token, the system is a time limit of its own. */
export interface TicketNews extends Person, Occurrence {
  ticket: Ticket;
  change: TicketChange;
  agent: 'person' | 'program' | 'system';
  text?: string | undefined;
  /** The ticket that it was merged into. */
  into?: Pick<Ticket, 'ref' | 'url'> | undefined;
}
