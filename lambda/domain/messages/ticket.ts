import type { EventType, IncidentEvent } from '../incident/events.ts';
import { ticketTitle } from '../incident/followed-ticket.ts';
import { type Incident, playbookOf } from '../incident/incident.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { truncated } from '../kernel/text.ts';
import { dateTime } from '../kernel/time.ts';
import { isAcknowledged } from '../on-call/acknowledgement.ts';
import { incidentLinks } from './incident-links.ts';
import { listedSignals } from './listed-signals.ts';
import { formatEvent } from './log.ts';

export type TicketSystem = 'pagerduty' | 'opsgenie';

/** The events that change a ticket, by its system. */
export const TICKET_EVENTS = {
  pagerduty: [
    'IncidentOpened',
    'CauseFound',
    'SeverityAssigned',
    'Escalated',
    'Acknowledged',
    'AcknowledgementWithdrawn',
    'DrillBecameReal',
    'MaintenanceEnded',
    'HandedOver',
    'Resolved',
    'MergedInto',
  ],
  opsgenie: ['IncidentOpened', 'MaintenanceEnded', 'SeverityAssigned', 'Acknowledged', 'Resolved', 'MergedInto'],
} as const satisfies Record<TicketSystem, EventType[]>;

/** The change of a ticket. */
export type TicketAction = 'open' | 'update' | 'acknowledge' | 'close';

/**
 * Undefined when the event came from the ticket's own system, or was overtaken: a ticket that is opened after the resolution
 * would wake somebody for nothing, and so would one of what maintenance holds. An acknowledgement that is told after it has ended
 * would let nobody be called. What happened with the opening is told by the opening. A drill has a ticket, marked as one, because it
 * rehearses the way to people too.
 */
export function ticketAction(
  incident: Incident,
  event: IncidentEvent,
  system: TicketSystem,
  now: string,
): TicketAction | undefined {
  const { resolvedAt, openedAt, severity, held } = incident;
  if (!(TICKET_EVENTS[system] as readonly EventType[]).includes(event.type)) return undefined;
  if (held || ('via' in event && event.via === system)) return undefined;
  if (event.type === 'Resolved' || event.type === 'MergedInto') return 'close';
  if (resolvedAt) return undefined;
  if (event.type === 'Acknowledged') return isAcknowledged(incident, now) ? 'acknowledge' : undefined;
  if (event.type === 'IncidentOpened' || event.type === 'MaintenanceEnded') return 'open';
  if (event.type === 'SeverityAssigned' && event.severity !== severity) return undefined;
  return event.at === openedAt || (system === 'pagerduty' && isToldByCall(incident, event)) ? undefined : 'update';
}

/** The call of the same moment says why people are called, and brings the severity. */
const isToldByCall = ({ escalation }: Incident, { type, at }: IncidentEvent) =>
  (type === 'SeverityAssigned' || type === 'AcknowledgementWithdrawn') &&
  escalation !== undefined &&
  escalation.level > 0 &&
  escalation.calledAt === at;

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

/**
 * Opening and update are both a `trigger`: with the key of a ticket that is open, PagerDuty updates that one, and with it the
 * urgency, which follows the severity. Its API has no other way to tell of an escalation, a hand-over or a lapse.
 */
export function pagerDutyEvent(incident: Incident, event: IncidentEvent, action: TicketAction): PagerDutyEvent {
  const { id, service, severity, startedAt, playbook, policy } = incident;
  if (action === 'close' || action === 'acknowledge')
    return { event_action: action === 'close' ? 'resolve' : 'acknowledge', dedup_key: id };
  const [, latest] = formatEvent(event, incident);
  return {
    event_action: 'trigger',
    dedup_key: id,
    client: `${policy.title} incident response`,
    links: incidentLinks(incident).map(({ label, url }) => ({ href: url, text: label })),
    payload: {
      summary: truncated(ticketTitle(incident), 1024),
      source: service,
      severity: PAGERDUTY_SEVERITY[severity],
      timestamp: action === 'open' ? startedAt : event.at,
      component: service,
      class: playbook,
      custom_details: { ...details(incident), ...(action === 'update' ? { latest } : {}) },
    },
  };
}

/** A request of Opsgenie's Alert API v2. */
export interface OpsgenieRequest {
  method: 'POST' | 'PUT';
  path: string;
  body: Record<string, unknown>;
}

/** Our user name in Opsgenie: a webhook event under this name reports our own action and is ignored. */
export const OPSGENIE_USER = 'incident-response';

export function opsgenieRequest(incident: Incident, event: IncidentEvent, action: TicketAction): OpsgenieRequest {
  const { id, service, severity, drill, playbook } = incident;
  const common = { user: OPSGENIE_USER, source: service };
  const alias = encodeURIComponent(id);
  if (action === 'update')
    return {
      ...{ method: 'PUT', path: `/v2/alerts/${alias}/priority?identifierType=alias` },
      body: { priority: severity },
    };
  if (action !== 'open') {
    const what = event.type === 'MergedInto' ? `Merged into ${event.into}` : event.type;
    const note = 'by' in event ? truncated(`${what} by ${event.by}`, 25_000) : what;
    return {
      ...{ method: 'POST', path: `/v2/alerts/${alias}/${action}?identifierType=alias` },
      body: { ...common, note },
    };
  }
  return {
    ...{ method: 'POST', path: '/v2/alerts' },
    body: {
      ...common,
      message: truncated(ticketTitle(incident), 130),
      alias: id,
      description: truncated([playbookOf(incident).impact, ...reasons(incident)].join('\n'), 15_000),
      entity: service,
      priority: severity,
      tags: [severity, playbook.slice(0, 50), ...(drill ? ['drill'] : [])],
      details: Object.fromEntries(Object.entries(details(incident)).map(([key, value]) => [key, String(value)])),
    },
  };
}

const reasons = ({ severityReasons, signals }: Incident) => [
  ...severityReasons.map(({ text }) => text),
  ...listedSignals(signals).listed.map(([, { summary }]) => summary),
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
