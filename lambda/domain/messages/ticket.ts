import type { EventType, IncidentEvent } from '../incident/events.ts';
import { type Incident, playbookOf } from '../incident/incident.ts';
import { DRILL } from '../incident/signal.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { truncated } from '../kernel/text.ts';
import { dateTime } from '../kernel/time.ts';
import { incidentLinks } from './incident-links.ts';

/** The events that change a ticket. */
export const TICKET_EVENTS = ['IncidentOpened', 'Acknowledged', 'Resolved'] as const satisfies EventType[];

/** The change of a ticket. */
export type TicketAction = 'open' | 'acknowledge' | 'close';

/**
 * Undefined when the event came from the ticket's own system, or was overtaken: a ticket that is opened after the resolution
 * would wake somebody for nothing. A drill has a ticket, marked as one, because it rehearses the way to people too.
 */
export function ticketAction(
  { resolvedAt }: Incident,
  event: IncidentEvent,
  system: 'pagerduty' | 'opsgenie',
): TicketAction | undefined {
  if ('via' in event && event.via === system) return undefined;
  if (event.type === 'Resolved') return 'close';
  if (resolvedAt) return undefined;
  if (event.type === 'Acknowledged') return 'acknowledge';
  return event.type === 'IncidentOpened' ? 'open' : undefined;
}

/** An event of PagerDuty's Events API v2, without its routing key. */
export interface PagerDutyEvent {
  event_action: 'trigger' | 'acknowledge' | 'resolve';
  dedup_key: string;
  client?: string;
  links?: { href: string; text: string }[];
  payload?: {
    summary: string;
    source: string;
    severity: 'critical' | 'error' | 'warning' | 'info';
    timestamp: string;
    component: string;
    class: string;
    custom_details: Record<string, unknown>;
  };
}

const PAGERDUTY_SEVERITY = { P1: 'critical', P2: 'error', P3: 'warning', P4: 'info' } as const satisfies Record<
  Severity,
  string
>;

export function pagerDutyEvent(incident: Incident, action: TicketAction): PagerDutyEvent {
  const { id, service, severity, startedAt, playbook, policy } = incident;
  if (action !== 'open') return { event_action: action === 'close' ? 'resolve' : 'acknowledge', dedup_key: id };
  return {
    event_action: 'trigger',
    dedup_key: id,
    client: `${policy.title} incident response`,
    links: incidentLinks(incident).map(({ label, url }) => ({ href: url, text: label })),
    payload: {
      summary: truncated(summary(incident), 1024),
      source: service,
      severity: PAGERDUTY_SEVERITY[severity],
      timestamp: startedAt,
      component: service,
      class: playbook,
      custom_details: details(incident),
    },
  };
}

/** A request of Opsgenie's Alert API v2. */
export interface OpsgenieRequest {
  path: string;
  body: Record<string, unknown>;
}

/** Our user name in Opsgenie: a webhook event under this name reports our own action and is ignored. */
export const OPSGENIE_USER = 'incident-response';

export function opsgenieRequest(incident: Incident, event: IncidentEvent, action: TicketAction): OpsgenieRequest {
  const { id, service, severity, drill, playbook } = incident;
  const common = { user: OPSGENIE_USER, source: service };
  const alias = encodeURIComponent(id);
  if (action !== 'open') {
    const note = 'by' in event ? truncated(`${event.type} by ${event.by}`, 25_000) : event.type;
    return { path: `/v2/alerts/${alias}/${action}?identifierType=alias`, body: { ...common, note } };
  }
  return {
    path: '/v2/alerts',
    body: {
      ...common,
      message: truncated(summary(incident), 130),
      alias: id,
      description: truncated([playbookOf(incident).impact, ...reasons(incident)].join('\n'), 15_000),
      entity: service,
      priority: severity,
      tags: [severity, playbook.slice(0, 50), ...(drill ? ['drill'] : [])],
      details: Object.fromEntries(Object.entries(details(incident)).map(([key, value]) => [key, String(value)])),
    },
  };
}

/** Contains the id: a note that a webhook brings back names its incident only by this text. */
const summary = ({ drill, severity, policy, title, id }: Incident) =>
  `${drill ? `${DRILL} ` : ''}${severity} ${id} ${policy.title} ${title}`;

const reasons = ({ severityReasons, signals }: Incident) => [
  ...severityReasons.map(({ text }) => text),
  ...Object.values(signals).map(signal => signal.summary),
];

function details(incident: Incident): Record<string, string> {
  const { id, severity, startedAt, drill } = incident;
  return {
    incident: id,
    severity: `${severity} - ${SEVERITY_NAMES[severity]}`,
    impact: playbookOf(incident).impact,
    because: reasons(incident).join('; '),
    started: dateTime(startedAt),
    ...(drill ? { drill: 'this is a drill: no runbook changes anything' } : {}),
  };
}

/** The first incident id in a text. */
export const idIn = (text = '') => /\bINC-\d{4}-\d{2}-\d{2}-\d{3,}\b/.exec(text)?.[0];
