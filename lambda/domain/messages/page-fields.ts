import { answerDue, publicationQuestion, workaroundOrQuestion } from '../communication/questions.ts';
import type { EventOf, IncidentEvent, Status } from '../incident/events.ts';
import { firing, type Incident, isQuestion, playbookOf } from '../incident/incident.ts';
import type { HeldBy } from '../incident/maintenance.ts';
import { redWords } from '../incident/red.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clockSince, dateTime, duration, minutesBetween } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { automationLines, cautionLines, previewLines } from './automation-lines.ts';
import { incidentLinks } from './incident-links.ts';
import { listedSignals } from './listed-signals.ts';

/** The fields of the templates `messages/page.txt` and `messages/sms.txt`. */
export interface PageFields {
  drill: boolean;
  /** `[INCIDENT]`, `[RESOLVED]`, … */
  kind: string;
  /** The service's title. */
  service: string;
  title: string;
  id: string;
  severity: Severity;
  severityName: string;
  /** The one sentence that matters. */
  headline: string;
  /** The headline, and before it why this person is called now: an SMS has room for nothing else. */
  short: string;
  reasons: string[];
  started: string;
  status: Status;
  impact: string;
  /** Tells if there is a workaround, or asks for it; null when neither applies. */
  workaround: string | null;
  commander: string;
  /** The number to call, once nobody has answered for long or the last level is called; null before. */
  hotline: string | null;
  /** The reader's role and level, and by when to respond; null when the incident is over. */
  called: string | null;
  signals: { firing: boolean; text: string }[];
  /** How many signals there are beyond those that are listed. */
  moreSignals: number;
  /** `ok` is null when the check itself failed. */
  findings: { ok: boolean | null; text: string }[];
  checklist: { done: boolean; text: string }[];
  doing: string[];
  actionItems: { action: string; text: string }[];
  links: { label: string; url: string }[];
}

export function pageFields(incident: Incident, event: IncidentEvent, level: number): PageFields {
  const { id, policy, severity, severityReasons, title, startedAt, status, findings, signals, actionItems } = incident;
  const { listed, more: moreSignals } = listedSignals(signals);
  return {
    drill: incident.drill ?? false,
    kind: incident.held ? '[MAINTENANCE]' : kindOf(event),
    service: policy.title,
    ...{ title, id, severity, status },
    severityName: SEVERITY_NAMES[severity],
    headline: headline(incident, event),
    short: shortHeadline(incident, event),
    reasons: severityReasons.map(({ text }) => text),
    started: dateTime(startedAt),
    impact: playbookOf(incident).impact,
    workaround: workaroundOrQuestion(incident),
    commander: incident.commander ?? 'nobody yet: the first to acknowledge',
    hotline: isOver(event) ? null : hotline(incident, event, level),
    called: isOver(event) || incident.held ? null : calledAs(incident, event, level),
    signals: listed.map(([, { state, summary }]) => ({ firing: state === 'firing', text: summary })),
    moreSignals,
    findings: findings.map(({ ok, summary }) => ({ ok, text: summary })),
    checklist: checklist(incident).map(({ text, done }) => ({ done, text })),
    doing: automationLines(incident),
    actionItems: actionItems.map(({ action, text }) => ({ action, text })),
    links: incidentLinks(incident),
  };
}

/** Nobody is called any more. */
const isOver = ({ type }: IncidentEvent) => type === 'Resolved' || type === 'StillRed';

/** Minutes without an answer after which every page contains the hotline's number. */
const HOTLINE_AFTER_MINUTES = 60;

function hotline({ policy, escalation }: Incident, { at }: IncidentEvent, level: number): string | null {
  const isLast = level === policy.escalation.length;
  const isUnanswered = escalation !== undefined && minutesBetween(escalation.since, at) >= HOTLINE_AFTER_MINUTES;
  return isLast || isUnanswered ? (policy.hotline ?? null) : null;
}

function shortHeadline(incident: Incident, event: IncidentEvent): string {
  const text = headline(incident, event);
  switch (event.type) {
    case 'Escalated':
      // The severity stands in front of the SMS already; a reason that only repeats it is left out.
      return /\bP[1-4]$/.test(event.reason) ? text : `${event.reason}. ${text}`;
    case 'Reminded':
      return `still not acknowledged. ${text}`;
    case 'HandedOver':
      return [text.split('. ')[0], firing(incident)[0]?.[1].summary ?? ''].join('. ');
    default:
      return text;
  }
}

function kindOf({ type }: IncidentEvent): string {
  if (type === 'Resolved') return '[RESOLVED]';
  if (type === 'StillRed') return '[RESOLVED - STILL RED]';
  if (type === 'HandedOver') return '[INCIDENT - NEEDS YOU]';
  if (type === 'PublicationRequested') return '[INCIDENT - TELL CUSTOMERS?]';
  if (type === 'ImprovementSeen') return '[INCIDENT - IMPROVED]';
  return type === 'ApprovalRequested' || type === 'ApprovalAskedAgain' ? '[INCIDENT - APPROVAL]' : '[INCIDENT]';
}

function headline(incident: Incident, event: IncidentEvent): string {
  if (incident.held) return `${heldWords(incident.held)}: ${firing(incident)[0]?.[1].summary ?? incident.status}`;
  switch (event.type) {
    case 'Resolved':
      return `Resolved: ${event.reason}`;
    case 'StillRed':
      return `Still red after the resolution: ${redWords(event.alarms, event.at, event.count)}. If it is not over: npx incident reopen ${incident.id} WHY. Otherwise a new incident opens an hour after the resolution`;
    case 'HandedOver':
      return `Automation needs you: ${event.reason}`;
    case 'ApprovalRequested':
    case 'ApprovalAskedAgain':
      return [approvalQuestion(incident, event), ...previewLines(incident, event.step)].join('. ');
    case 'PublicationRequested':
      return publicationQuestion(incident, event);
    case 'ImprovementSeen':
      return `Improved: ${event.seen}. By that it is a ${event.severity}, and only you can lower it: npx incident severity ${incident.id} ${event.severity}`;
    case 'TargetMissed':
      return missedTarget(event);
    case 'ExecutionStopped':
      return `Stopped "${event.title}" ${event.changed.length > 0 ? `after it had changed: ${event.changed.join('; ')}` : 'before it changed anything'}`;
    case 'MaintenanceEnded':
      return `Maintenance does not explain it any more: ${event.reason}`;
    case 'DrillBecameReal':
      return `This is no drill any more: ${event.reason}`;
    default:
      return isQuestion(incident)
        ? answerDue(incident)
        : (firing(incident)[0]?.[1].summary ?? incident.severityReasons[0]?.text ?? incident.status);
  }
}

/** Why an incident is held: "Held for maintenance until 10:30 (mute rule: …)". */
export const heldWords = ({ source, reason, until }: HeldBy): string =>
  `Held for maintenance${until ? ` until ${dateTime(until)}` : ''} (${source}: ${reason})`;

function approvalQuestion({ approval }: Incident, event: EventOf<'ApprovalRequested' | 'ApprovalAskedAgain'>): string {
  const question = `Approve "${event.title}" by ${clockSince(event.at, event.expiresAt)} UTC`;
  const asked =
    event.type === 'ApprovalRequested'
      ? question
      : `${question}: nobody has answered since ${dateTime(approval?.since ?? event.at)}`;
  return [asked, ...cautionLines(approval)].join('. ');
}

/** The target that was missed, as a sentence. */
export function missedTarget({
  target,
  minutes,
  to,
}: Pick<EventOf<'TargetMissed'>, 'target' | 'minutes' | 'to'>): string {
  if (target === 'update') return `An update to ${to === 'public' ? 'customers' : 'stakeholders'} has not gone out`;
  return target === 'response'
    ? `Nobody has acknowledged within ${duration(minutes)}`
    : `Not resolved within ${duration(minutes)}`;
}

function calledAs({ policy, severity }: Incident, event: IncidentEvent, level: number): string {
  const role = policy.escalation.find(other => other.level === level)?.role ?? `level ${level}`;
  const within = `respond within ${duration(policy.severities[severity].responseMinutes)}`;
  const why = event.type === 'Escalated' ? ` (${event.reason})` : '';
  return `${role}, level ${level} of ${policy.escalation.length}${why}: ${within}`;
}
