import { createHmac } from 'node:crypto';

/** An incident of PagerDuty, which is the ticket of one of ours. */
export interface Ticket {
  id: string;
  number: number;
  title: string;
  /** Told of an incident that a person opened; PagerDuty tells none of one that the Events API opened. */
  key: string | null;
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** The alerts that are open, by their deduplication key, with their severity. */
  alerts: Map<string, string>;
  urgency: 'high' | 'low';
  /** The level of PagerDuty's own escalation policy that is called, from 0. */
  level: number;
  assignees: readonly string[];
  escalationPolicy: string;
  priority: string | null;
  mergedInto?: Ticket;
}

/** Who or what acted, as `event.agent` says. */
export type Agent = { type: string; summary?: string | null } | null;

export const INTEGRATION: Agent = { type: 'inbound_integration_reference', summary: 'Events API V2' };
export const PERSON: Agent = { type: 'user_reference', summary: 'Tenex Engineer' };

/** An event of a v3 webhook. */
export interface WebhookEvent {
  id: string;
  event_type: string;
  [field: string]: unknown;
}

const ACCOUNT = 'https://mockupaws.pagerduty.com';
const reference = (type: string, id: string, summary: string | null) => ({ id, summary, type: `${type}_reference` });
const incidentReference = ({ id, title }: Ticket) => ({
  ...reference('incident', id, title),
  html_url: `${ACCOUNT}/incidents/${id}`,
});

/** The fields of `event.data` for an incident. */
export const incidentData = (ticket: Ticket) => ({
  id: ticket.id,
  type: 'incident',
  html_url: `${ACCOUNT}/incidents/${ticket.id}`,
  number: ticket.number,
  status: ticket.status,
  incident_key: ticket.key,
  title: ticket.title,
  service: reference('service', 'PF9KMXH', 'mockupAWS'),
  assignees: ticket.assignees.map((name, index) => reference('user', `PU${index}`, name)),
  escalation_policy: reference('escalation_policy', 'PUS0KTE', ticket.escalationPolicy),
  priority: ticket.priority && reference('priority', 'PSO75BM', ticket.priority),
  urgency: ticket.urgency,
  resolve_reason: ticket.mergedInto
    ? { type: 'merge_resolve_reason', incident: incidentReference(ticket.mergedInto) }
    : null,
});

export const noteData = (ticket: Ticket, content: string) => ({
  ...{ id: 'P2LA89X', type: 'incident_note', content, trimmed: false },
  incident: incidentReference(ticket),
});

export const statusUpdateData = (ticket: Ticket, message: string) => ({
  ...{ id: 'P2LA89Y', type: 'incident_status_update', message, trimmed: false },
  incident: incidentReference(ticket),
});

/** The request of a webhook, with its signature. */
export function webhookRequest(secret: string, event: object) {
  const body = JSON.stringify({ event });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { method: 'POST', body, headers: { 'x-pagerduty-signature': `v1=${signature}` } };
}
