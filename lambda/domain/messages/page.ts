import type { Urgency } from '../incident/audiences.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { canWait } from '../remediation/approval.ts';
import { type PageFields, pageFields } from './page-fields.ts';
import { type SmsFields, smsFields } from './sms-fields.ts';

/** A message to one escalation level, before it is written. */
export interface PageMessage {
  level: number;
  urgency: Urgency;
  fields: PageFields & SmsFields;
  /** Gets the message in place of whoever is on call at the level. */
  person?: string | undefined;
}

/** The events of which people on call are told. */
export const PAGED_EVENTS = [
  'IncidentOpened',
  'Escalated',
  'Reminded',
  'TargetMissed',
  'ApprovalRequested',
  'ApprovalAskedAgain',
  'HandedOver',
  'ExecutionStopped',
  'PublicationRequested',
  'ImprovementSeen',
  'DrillBecameReal',
  'MaintenanceEnded',
  'StillRed',
  'Resolved',
] as const satisfies EventType[];

export type PagedEvent = EventOf<(typeof PAGED_EVENTS)[number]>;

export const isPagedEvent = (event: IncidentEvent): event is PagedEvent =>
  (PAGED_EVENTS as readonly string[]).includes(event.type);

/**
 * The messages to people on call because of an event, one for each level called so far. There are none when the event has been
 * overtaken: after the resolution only the resolution is announced, and what is red in spite of it; and nobody is called for an incident that somebody has
 * acknowledged. What maintenance holds is told once, when it is opened.
 */
export function pages(incident: Incident, event: PagedEvent): PageMessage[] {
  if (isOvertaken(incident, event) || (incident.held && event.type !== 'IncidentOpened')) return [];
  const { severity, policy, called } = incident;
  const isQuiet = QUIET.includes(event.type) || (event.type === 'ApprovalRequested' && canWait(event));
  const wakes = policy.severities[severity].pages && !isQuiet;
  const message = (level: number, urgency: Urgency): PageMessage => {
    const fields = pageFields(incident, event, level);
    return { level, urgency, fields: { ...fields, ...smsFields(incident, event, fields) } };
  };
  const toAllCalled = (urgency: Urgency = wakes ? 'page' : 'notice') =>
    (called.length > 0 ? called : [1]).map(level => message(level, urgency));
  switch (event.type) {
    case 'IncidentOpened':
    case 'MaintenanceEnded':
      return wakes || called.length > 0 ? [] : [message(1, 'notice')];
    case 'Escalated':
    case 'Reminded':
      return [message(event.level, 'page')];
    case 'PublicationRequested':
      if (event.level === undefined) return toAllCalled();
      return [{ ...message(event.level, 'page'), person: event.level === 1 ? incident.commander : undefined }];
    case 'HandedOver':
      if (isKnownToPeople(incident)) return wakes ? toAllCalled('notice') : [];
      return toAllCalled(isHandedOverAgain(incident, event) ? 'notice' : undefined);
    case 'ApprovalAskedAgain':
      return Array.from({ length: event.level }, (_, i) => message(i + 1, 'notice'));
    default:
      return toAllCalled();
  }
}

/** A person declared the incident, so people on call know of it already. Automation had no step to try: it wakes nobody again. */
const isKnownToPeople = (incident: Incident) =>
  incident.reporter !== undefined && playbooksOf(incident).every(({ plan }) => plan.length === 0);

/** People were woken when it was handed over first: another trouble of it wakes nobody unless it becomes more severe. */
const isHandedOverAgain = ({ handedOver }: Incident, { at }: PagedEvent) => (handedOver?.firstAt ?? at) < at;

/** Events that can wait until people are awake. */
const QUIET: readonly EventType[] = [
  'Resolved',
  'StillRed',
  'PublicationRequested',
  'ExecutionStopped',
  'ImprovementSeen',
];

function isOvertaken(incident: Incident, event: PagedEvent): boolean {
  const { resolvedAt, acknowledged, approval, publication } = incident;
  if (resolvedAt && event.type !== 'Resolved' && event.type !== 'StillRed') return true;
  if (event.type === 'Escalated' || event.type === 'Reminded') return (acknowledged?.at ?? '') > event.at;
  if (event.type === 'PublicationRequested') return (publication?.at ?? publication?.declined) !== undefined;
  const asksApproval = event.type === 'ApprovalRequested' || event.type === 'ApprovalAskedAgain';
  return asksApproval && approval?.step !== event.step;
}
