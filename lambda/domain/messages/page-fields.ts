import { answerDue, publicationQuestion, workaroundOrQuestion } from '../communication/questions.ts';
import type { EventOf, IncidentEvent } from '../incident/events.ts';
import { firing, type Incident, isQuestion, playbookOf } from '../incident/incident.ts';
import type { HeldBy } from '../incident/maintenance.ts';
import { redWords } from '../incident/red.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clockSince, dateTime, duration, minutesBetween, plusMinutes } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { automationLines, cautionLines, previewLines } from './automation-lines.ts';
import { incidentLinks } from './incident-links.ts';
import { datedSignal, listedSignals } from './listed-signals.ts';
import { lowerFirst } from './roles.ts';
import { situation } from './situation.ts';
import { statusWords } from './status-words.ts';

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
  /** Other news of the same moment, a sentence each. */
  also: string[];
  /** The headline, and before it why this person is called now: an SMS has room for nothing else. */
  short: string;
  reasons: string[];
  /** `HH:MM UTC`, when the severity was assessed by them; null before. */
  assessed: string | null;
  started: string;
  /** With what earned it: "identified: the writer uses 1,722 of 1,722 connections". */
  status: string;
  impact: string;
  /** How people were served at worst, and how they are now, each with its time; null where nothing was measured. */
  worst: string | null;
  now: string | null;
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
  /** `HH:MM UTC`, when they were found; null before. */
  diagnosed: string | null;
  checklist: { done: boolean; text: string }[];
  doing: string[];
  actionItems: { action: string; text: string }[];
  links: { label: string; url: string }[];
}

export function pageFields(incident: Incident, event: IncidentEvent, level: number): PageFields {
  const { id, policy, severity, severityReasons, title, startedAt, findings, signals, actionItems } = incident;
  const { assessedAt, diagnosedAt } = incident;
  const time = (at: string | undefined) => (at ? `${clockSince(event.at, at)} UTC` : null);
  const { listed, more: moreSignals } = listedSignals(signals);
  return {
    drill: incident.drill ?? false,
    kind: incident.held ? '[MAINTENANCE]' : kindOf(event),
    service: policy.title,
    ...{ title, id, severity },
    status: statusWords(incident),
    ...situation(incident, event.at),
    assessed: time(assessedAt),
    diagnosed: time(diagnosedAt),
    severityName: SEVERITY_NAMES[severity],
    headline: headline(incident, event),
    also: [],
    short: shortHeadline(incident, event),
    reasons: severityReasons.map(({ text }) => text),
    started: dateTime(startedAt),
    impact: playbookOf(incident).impact,
    workaround: workaroundOrQuestion(incident),
    commander: incident.commander ?? 'none yet (whoever acknowledges first)',
    hotline: isOver(event) ? null : hotline(incident, event, level),
    called: isOver(event) || incident.held ? null : calledAs(incident, event, level),
    signals: listed.map(([, signal]) => ({ firing: signal.state === 'firing', text: datedSignal(signal, event.at) })),
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
      return [text.split('. ')[0], whatIsWrong(incident, event.at)].join('. ');
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
  if (incident.held) return `${heldWords(incident.held)}: ${whatIsWrong(incident, event.at)}`;
  switch (event.type) {
    case 'Resolved':
      return `Resolved: ${event.reason}`;
    case 'StillRed':
      return `Still red after the resolution: ${redWords(event.alarms, event.at, event.count)}. If it is not over: npx incident reopen ${incident.id} WHY. Otherwise a new incident opens an hour after the resolution`;
    case 'HandedOver':
      return `You need to act: ${event.reason}`;
    case 'ApprovalRequested':
    case 'ApprovalAskedAgain':
      return [approvalQuestion(incident, event), ...previewLines(incident, event.step)].join('. ');
    case 'PublicationRequested':
      return publicationQuestion(incident, event);
    case 'ImprovementSeen':
      return `Improved: ${event.seen}. That is a ${event.severity}. Only you can lower it: npx incident severity ${incident.id} ${event.severity}`;
    case 'TargetMissed':
      return missedTarget(event);
    case 'ExecutionStopped':
      return `Stopped "${event.title}" ${event.changed.length > 0 ? `after it had changed: ${event.changed.join('; ')}` : 'before it changed anything'}`;
    case 'MaintenanceEnded':
      return `No longer held for maintenance: ${event.reason}`;
    case 'DrillBecameReal':
      return `This is no longer a drill: ${event.reason}`;
    default:
      return isQuestion(incident) ? answerDue(incident) : whatIsWrong(incident, event.at);
  }
}

/** The trouble now, in one line: what fires, that of the incident's own playbook first, or how people are served since it recovered. */
function whatIsWrong(incident: Incident, now: string): string {
  const red = firing(incident).map(([, signal]) => signal);
  const [worst = red[0]] = red.filter(({ playbook }) => playbook === incident.playbook);
  if (worst) return `${worst.summary}, since ${clockSince(now, worst.at)} UTC`;
  const { now: served } = situation(incident, now);
  if (incident.status === 'monitoring')
    return `Recovered at ${clockSince(now, incident.mitigatedAt ?? now)} UTC${served ? `; ${served}` : ''}`;
  if (served && Object.keys(incident.signals).length > 0) return `No alarm fires any more; ${served}`;
  return incident.severityReasons[0]?.text ?? incident.status;
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

function calledAs({ policy, severity, severityAt }: Incident, event: IncidentEvent, level: number): string {
  const role = policy.escalation.find(other => other.level === level)?.role ?? `level ${level}`;
  const due = plusMinutes(severityAt, policy.severities[severity].responseMinutes);
  const respond = due > event.at ? `Respond by ${clockSince(event.at, due)} UTC.` : 'Respond now.';
  const why = event.type === 'Escalated' ? `; ${event.reason}` : '';
  return `the ${lowerFirst(role)} (level ${level} of ${policy.escalation.length}${why}). ${respond}`;
}
