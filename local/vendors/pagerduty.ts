import {
  type Agent,
  INTEGRATION,
  incidentData,
  noteData,
  PERSON,
  statusUpdateData,
  type Ticket,
  type WebhookEvent,
} from './pagerduty-webhook.ts';
import {
  type Answered,
  type Asked,
  faults,
  oneOf,
  optional,
  type Surroundings,
  textOf,
  type Vendor,
} from './vendor.ts';

// biome-ignore lint/suspicious/noExplicitAny: events as they were sent
type Event = Record<string, any>;

const EVENT = {
  routing_key: (value: unknown) => (/^[0-9a-zA-Z]{32}$/.test(String(value)) ? undefined : 'must be 32 characters'),
  event_action: oneOf('trigger', 'acknowledge', 'resolve'),
  dedup_key: optional(textOf(255)),
  payload: () => undefined,
  links: optional(value =>
    Array.isArray(value) && value.every(({ href }) => URL.canParse(href)) ? undefined : 'must be links with href',
  ),
  images: () => undefined,
  client: optional(textOf(1024)),
  client_url: optional(textOf(2048)),
};
const PAYLOAD = {
  summary: textOf(1024),
  source: textOf(1024),
  severity: oneOf('critical', 'error', 'warning', 'info'),
  timestamp: optional((value: unknown) => (Number.isNaN(Date.parse(String(value))) ? 'must be ISO 8601' : undefined)),
  component: optional(textOf(1024)),
  group: optional(textOf(1024)),
  class: optional(textOf(1024)),
  custom_details: () => undefined,
};

/** Severities that call people; the others can wait. */
const URGENT = ['critical', 'error'];

/** Whom PagerDuty's own escalation policy calls, level by level. */
const LEVELS = [['Tenex Engineer'], ['Lead Engineer']] as const;

/** What people do to a ticket. */
export type TicketAct =
  | { does: 'acknowledge' | 'unacknowledge' | 'resolve' | 'escalate' | 'reopen' }
  | { does: 'reassign'; to: readonly string[] }
  | { does: 'delegate'; policy: string }
  | { does: 'prioritise'; priority: string | null }
  | { does: 'annotate' | 'publish status'; text: string }
  | { does: 'merge'; into: Ticket };

/**
 * PagerDuty's Events API v2, the incidents of one service of it, and the webhooks (v3) that it sends. The service's urgency
 * follows the severity of its alerts, and people are called by urgency.
 */
export class PagerDuty implements Vendor {
  readonly host = 'events.pagerduty.com';
  /** The events that were accepted. */
  readonly events: Event[] = [];
  readonly tickets: Ticket[] = [];
  /** The people who were called, with the urgency that decides whether it wakes them. */
  readonly calls: { to: string; urgency: Ticket['urgency']; ticket: string; at: string }[] = [];
  readonly webhooks: WebhookEvent[] = [];
  /** Hears of each webhook when it is due. */
  onWebhook: (event: WebhookEvent) => void = () => undefined;
  private readonly world: Surroundings;

  constructor(world: Surroundings) {
    this.world = world;
  }

  answer({ method, path, body }: Asked): Answered {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404, body: { status: 'not found' } };
    const event: Event = JSON.parse(body);
    const wrong = faults(event, EVENT);
    if (event['event_action'] === 'trigger') wrong.push(...faults(event['payload'] ?? {}, PAYLOAD));
    else if (!event['dedup_key']) wrong.push("'dedup_key' is missing");
    if (wrong.length > 0)
      return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: wrong } };
    this.events.push(event);
    const { event_action: action, dedup_key: key, payload } = event;
    this.world.emit?.('pagerduty', { action, key, summary: payload?.summary });
    this.process(action, key, payload);
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
  }

  /** The ticket that has the open alert of that key, also after a merge. */
  ticketOf(key: string): Ticket | undefined {
    return this.tickets.find(({ status, alerts }) => status !== 'resolved' && alerts.has(key));
  }

  /** Opens a ticket. A person's has a key of its own and no alert. */
  open(title: string, alerts: [string, string][] = [], agent: Agent = PERSON): Ticket {
    const number = this.tickets.length + 1;
    const ticket: Ticket = {
      ...{ id: `PGR0VU${number}`, number, title, key: alerts.length > 0 ? null : `d3640fbd${number}`, level: 0 },
      ...{ status: 'triggered', alerts: new Map(alerts), urgency: 'high', priority: null },
      ...{ assignees: LEVELS[0], escalationPolicy: 'Default' },
    };
    ticket.urgency = alerts.length > 0 ? urgencyOf(ticket) : 'high';
    this.tickets.push(ticket);
    this.call(ticket);
    this.tell('incident.triggered', agent, incidentData(ticket));
    return ticket;
  }

  /** Somebody or something acts on a ticket; returns the event of the webhook. */
  act(ticket: Ticket, act: TicketAct, agent: Agent = PERSON): WebhookEvent {
    const changed = (type: string, change: Partial<Ticket> = {}) => {
      Object.assign(ticket, change);
      return this.tell(`incident.${type}`, agent, incidentData(ticket));
    };
    switch (act.does) {
      case 'acknowledge':
        return changed('acknowledged', { status: 'acknowledged' });
      case 'unacknowledge':
        return this.calling(ticket, changed('unacknowledged', { status: 'triggered' }));
      case 'resolve':
        ticket.alerts.clear();
        return changed('resolved', { status: 'resolved' });
      case 'reopen':
        return this.calling(ticket, changed('reopened', { status: 'triggered' }));
      case 'escalate': {
        const level = Math.min(ticket.level + 1, LEVELS.length - 1);
        return this.calling(ticket, changed('escalated', { level, assignees: LEVELS[level] ?? [] }));
      }
      case 'reassign':
        return this.calling(ticket, changed('reassigned', { assignees: act.to }));
      case 'delegate':
        return this.calling(ticket, changed('delegated', { escalationPolicy: act.policy }));
      case 'prioritise':
        return changed('priority_updated', { priority: act.priority });
      case 'annotate':
        return this.tell('incident.annotated', agent, noteData(ticket, act.text));
      case 'publish status':
        return this.tell('incident.status_update_published', agent, statusUpdateData(ticket, act.text));
      case 'merge':
        for (const [key, severity] of ticket.alerts) act.into.alerts.set(key, severity);
        ticket.alerts.clear();
        this.follow(act.into);
        return changed('resolved', { status: 'resolved', mergedInto: act.into });
    }
  }

  private process(action: string, key: string, payload: Event | undefined): void {
    const ticket = this.ticketOf(key);
    if (action === 'trigger') {
      const severity = payload?.['severity'];
      if (!ticket) return void this.open(payload?.['summary'], [[key, severity]], INTEGRATION);
      ticket.alerts.set(key, severity);
      this.follow(ticket);
    } else if (ticket && action === 'acknowledge') {
      if (ticket.status === 'triggered') this.act(ticket, { does: 'acknowledge' }, INTEGRATION);
    } else if (ticket) {
      ticket.alerts.delete(key);
      if (ticket.alerts.size === 0) this.act(ticket, { does: 'resolve' }, INTEGRATION);
    }
  }

  /** The urgency follows the alerts. A rise calls people unless somebody has acknowledged. */
  private follow(ticket: Ticket): void {
    const urgency = urgencyOf(ticket);
    const rises = urgency === 'high' && ticket.urgency === 'low';
    ticket.urgency = urgency;
    if (rises && ticket.status === 'triggered') this.call(ticket);
  }

  private calling(ticket: Ticket, event: WebhookEvent): WebhookEvent {
    this.call(ticket);
    return event;
  }

  private call({ assignees, urgency, id }: Ticket): void {
    const at = new Date(this.world.now()).toISOString();
    this.calls.push(...assignees.map(to => ({ to, urgency, ticket: id, at })));
  }

  private tell(event_type: string, agent: Agent, data: object): WebhookEvent {
    const event: WebhookEvent = {
      ...{ id: `01CH754SM17TWPE2V2H4VPB${String(this.webhooks.length).padStart(3, '0')}`, event_type },
      ...{ resource_type: 'incident', occurred_at: new Date(this.world.now()).toISOString() },
      ...{ agent, client: null, data },
    };
    this.webhooks.push(event);
    this.onWebhook(event);
    return event;
  }
}

const urgencyOf = ({ alerts }: Ticket) => ([...alerts.values()].some(one => URGENT.includes(one)) ? 'high' : 'low');
