import { answerDue, publicationQuestion, workaroundAsked } from '../communication/questions.ts';
import { errorLines } from '../diagnosis/error-lines.ts';
import type { Urgency } from '../incident/audiences.ts';
import type { EventOf, EventType, IncidentEvent, Status } from '../incident/events.ts';
import { attemptUnderWay, firing, type Incident, isQuestion, previewOf, type Run } from '../incident/incident.ts';
import { reliefInPlace } from '../incident/reverts.ts';
import { alarmOf } from '../incident/signal.ts';
import { alarmUrl } from '../kernel/console.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clock, clockSince, dateTime, duration, minutesBetween } from '../kernel/time.ts';
import { checklist } from '../on-call/checklist.ts';
import { canWait } from '../remediation/approval.ts';
import { stepsLeft } from '../remediation/response.ts';

/** A message to one escalation level, before it is written. */
export interface PageMessage {
  level: number;
  urgency: Urgency;
  fields: PageFields;
  /** Asked before whoever is on call at the level. */
  person?: string | undefined;
}

/** What the templates `messages/page.txt` and `messages/sms.txt` are filled with. */
export interface PageFields {
  drill: boolean;
  /** `[INCIDENT]`, `[RESOLVED]`, … */
  kind: string;
  /** As people call it. */
  service: string;
  title: string;
  id: string;
  severity: Severity;
  severityName: string;
  /** The one sentence that matters. */
  headline: string;
  /** The same with why this person is called now: on a telephone there is nothing else to read. */
  short: string;
  reasons: string[];
  started: string;
  status: Status;
  impact: string;
  /** Whether people have another way, or that somebody is to say; null, neither. */
  workaround: string | null;
  commander: string;
  /** The number to call, once nobody has answered for long or nobody is left to be called; null before. */
  hotline: string | null;
  /** As what the reader is called; null when it is over. */
  called: string | null;
  signals: { firing: boolean; text: string }[];
  /** `ok` is null when the check itself failed. */
  findings: { ok: boolean | null; text: string }[];
  checklist: { done: boolean; text: string }[];
  doing: string[];
  actionItems: { action: string; text: string }[];
  links: { label: string; url: string }[];
}

/** The entries that people are told about. */
export const PAGE_ENTRIES = [
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
  'Resolved',
] as const satisfies EventType[];

export type PageEntry = EventOf<(typeof PAGE_ENTRIES)[number]>;

export const isPageEntry = (entry: IncidentEvent): entry is PageEntry =>
  (PAGE_ENTRIES as readonly string[]).includes(entry.type);

/**
 * What people are to be told because of an entry, one message for each level called so far; none when it has been
 * overtaken: after resolution nothing but the resolution is told, and nobody is called for what somebody has taken on.
 */
export function pages(incident: Incident, entry: PageEntry): PageMessage[] {
  if (overtaken(incident, entry) || incident.policy.playbook.chore) return [];
  const { severity, policy } = incident;
  const canSleep = QUIET.includes(entry.type) || (entry.type === 'ApprovalRequested' && canWait(entry));
  const wakes = policy.severities[severity].pages && !canSleep;
  const message = (level: number, urgency: Urgency): PageMessage => ({
    level,
    urgency,
    fields: fieldsOf(incident, entry, level),
  });
  const called = [...new Set(incident.timeline.flatMap(e => (e.type === 'Escalated' ? [e.level] : [])))];
  const told = (urgency: Urgency = wakes ? 'page' : 'notice') =>
    (called.length > 0 ? called : [1]).map(level => message(level, urgency));
  switch (entry.type) {
    case 'IncidentOpened':
      return wakes || called.length > 0 ? [] : [message(1, 'notice')];
    case 'Escalated':
    case 'Reminded':
      return [message(entry.level, 'page')];
    case 'PublicationRequested':
      if (entry.level === undefined) return told();
      return [{ ...message(entry.level, 'page'), person: entry.level === 1 ? incident.commander : undefined }];
    case 'HandedOver':
      return isKnownToPeople(incident) ? (wakes ? told('notice') : []) : told();
    case 'ApprovalAskedAgain':
      return Array.from({ length: entry.level }, (_, i) => message(i + 1, 'notice'));
    default:
      return told();
  }
}

/** Whoever declared it wants a person to look, and whoever is on call knows: automation had nothing to try, and wakes nobody once more. */
const isKnownToPeople = ({ reporter, policy }: Incident) => reporter !== undefined && policy.playbook.plan.length === 0;

/** What can wait until people are awake. */
const QUIET: readonly EventType[] = ['Resolved', 'PublicationRequested', 'ExecutionStopped', 'ImprovementSeen'];

function overtaken({ resolvedAt, acknowledged, approval, publication }: Incident, entry: PageEntry): boolean {
  if (resolvedAt && entry.type !== 'Resolved') return true;
  if (entry.type === 'Escalated' || entry.type === 'Reminded') return (acknowledged?.at ?? '') > entry.at;
  if (entry.type === 'PublicationRequested') return (publication?.at ?? publication?.declined) !== undefined;
  const asks = entry.type === 'ApprovalRequested' || entry.type === 'ApprovalAskedAgain';
  return asks && approval?.step !== entry.step;
}

function fieldsOf(incident: Incident, entry: PageEntry, level: number): PageFields {
  const { id, policy, severity, severityReasons, title, startedAt, status, findings, signals, actionItems } = incident;
  return {
    drill: incident.drill ?? false,
    kind: kindOf(entry),
    service: policy.title,
    ...{ title, id, severity, status },
    severityName: SEVERITY_NAMES[severity],
    headline: headline(incident, entry),
    short: inShort(incident, entry),
    reasons: severityReasons.map(({ text }) => text),
    started: dateTime(startedAt),
    impact: policy.playbook.impact,
    workaround: workaroundAsked(incident),
    commander: incident.commander ?? 'nobody yet: the first to acknowledge',
    hotline: entry.type === 'Resolved' ? null : hotline(incident, entry, level),
    called: entry.type === 'Resolved' ? null : called(incident, entry, level),
    signals: Object.values(signals).map(({ state, summary }) => ({ firing: state === 'firing', text: summary })),
    findings: findings.map(({ ok, summary }) => ({ ok, text: summary })),
    checklist: checklist(incident).map(({ text, done }) => ({ done, text })),
    doing: automationWords(incident),
    actionItems: actionItems.map(({ action, text }) => ({ action, text })),
    links: links(incident),
  };
}

/** Minutes without an answer after which everybody who is called learns the number. */
const UNANSWERED = 60;

function hotline({ policy, escalation }: Incident, { at }: PageEntry, level: number): string | null {
  const isLast = level === policy.escalation.length;
  const isUnanswered = escalation !== undefined && minutesBetween(escalation.since, at) >= UNANSWERED;
  return isLast || isUnanswered ? (policy.hotline ?? null) : null;
}

/** The headline, and before it why this person is called now: on a telephone there is nothing else to read. */
function inShort(incident: Incident, entry: PageEntry): string {
  const text = headline(incident, entry);
  switch (entry.type) {
    case 'Escalated':
      // That it was opened as P2, or became one, stands before it already.
      return /\bP[1-4]$/.test(entry.reason) ? text : `${entry.reason}. ${text}`;
    case 'Reminded':
      return `still not acknowledged. ${text}`;
    case 'HandedOver':
      return [text.split('. ')[0], firing(incident)[0]?.[1].summary ?? ''].join('. ');
    default:
      return text;
  }
}

function kindOf({ type }: PageEntry): string {
  if (type === 'Resolved') return '[RESOLVED]';
  if (type === 'HandedOver') return '[INCIDENT - NEEDS YOU]';
  if (type === 'PublicationRequested') return '[INCIDENT - TELL CUSTOMERS?]';
  if (type === 'ImprovementSeen') return '[INCIDENT - IMPROVED]';
  return type === 'ApprovalRequested' || type === 'ApprovalAskedAgain' ? '[INCIDENT - APPROVAL]' : '[INCIDENT]';
}

/** The one sentence that matters. */
function headline(incident: Incident, entry: PageEntry): string {
  switch (entry.type) {
    case 'Resolved':
      return `Resolved: ${entry.reason}`;
    case 'HandedOver':
      return `Automation needs you: ${entry.reason}`;
    case 'ApprovalRequested':
    case 'ApprovalAskedAgain':
      return [question(incident, entry), ...previewLines(incident, entry.step)].join('. ');
    case 'PublicationRequested':
      return publicationQuestion(incident, entry);
    case 'ImprovementSeen':
      return `Improved: ${entry.seen}. By that it is a ${entry.severity}, and only you can lower it: npx incident severity ${incident.id} ${entry.severity}`;
    case 'TargetMissed':
      return missedTarget(entry);
    case 'ExecutionStopped':
      return `Stopped "${entry.title}" ${entry.changed.length > 0 ? `after it had changed: ${entry.changed.join('; ')}` : 'before it changed anything'}`;
    case 'DrillBecameReal':
      return `This is no drill any more: ${entry.reason}`;
    default:
      return isQuestion(incident)
        ? answerDue(incident)
        : (firing(incident)[0]?.[1].summary ?? incident.severityReasons[0]?.text ?? incident.status);
  }
}

function question({ approval }: Incident, entry: EventOf<'ApprovalRequested' | 'ApprovalAskedAgain'>): string {
  const asked = `Approve "${entry.title}" by ${clockSince(entry.at, entry.expiresAt)} UTC`;
  return entry.type === 'ApprovalRequested'
    ? asked
    : `${asked}: nobody has answered since ${dateTime(approval?.since ?? entry.at)}`;
}

/** What is to be approved, in one sentence. */
export const previewLines = (incident: Incident, step: string) => previewOf(incident, step)?.report?.slice(0, 1) ?? [];

/** What was promised and not kept. */
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

function called({ policy, severity }: Incident, entry: PageEntry, level: number): string {
  const role = policy.escalation.find(l => l.level === level)?.role ?? `level ${level}`;
  const within = `respond within ${duration(policy.severities[severity].responseMinutes)}`;
  const why = entry.type === 'Escalated' ? ` (${entry.reason})` : '';
  return `${role}, level ${level} of ${policy.escalation.length}${why}: ${within}`;
}

/** Each remedy with its state, the latest last; what comes next stands at the end. */
export function automationWords(incident: Incident): string[] {
  const marks: Record<Run['status'], string> = { running: '>', succeeded: 'x', rehearsed: '~', failed: '!' };
  const words: Record<Run['status'], string> = {
    running: 'running',
    succeeded: 'done and verified',
    rehearsed: 'dry run, nothing changed',
    failed: 'did not help',
  };
  const runs = incident.runs.flatMap(run => {
    const became = run.dryRun && run.status === 'failed' ? 'the dry run ended' : words[run.status];
    const why = run.reason ? ` (${run.reason})` : '';
    return [
      `[${marks[run.status]}] ${clock(run.startedAt)} ${run.title}: ${became}${why}`,
      ...(run.report ?? []).map(line => `    ${line}`),
    ];
  });
  const skipped = (incident.attempt?.skipped ?? []).map(s => `[ ] ${s.title}: skipped (${s.reasons.join('; ')})`);
  const lasting = reliefInPlace(incident).map(
    ({ title, step }) =>
      `[*] Stays in place while it relieves people: ${title} (npx incident revert ${incident.id} ${step})`,
  );
  return [
    ...runs,
    ...skipped,
    ...planned(incident).map(title => `[ ] ${title}: ${onlyObserves(incident) ? 'would be planned' : 'planned'}`),
    ...lasting,
    next(incident),
  ];
}

/** What the attempt under way may still come to. */
function planned(incident: Incident): string[] {
  const attempt = attemptUnderWay(incident);
  if (!attempt || incident.status === 'monitoring') return [];
  return stepsLeft(incident, attempt.number)
    .filter(step => step.mode !== 'off')
    .map(step => step.title);
}

function next(incident: Incident): string {
  if (incident.resolvedAt) return 'Nothing more.';
  const { handedOver, mitigatedAt = '' } = incident;
  if (incident.status === 'monitoring' && (!handedOver || handedOver.at < mitigatedAt))
    return `Recovered; watching for ${incident.policy.autoResolveMinutes} min before it is resolved.`;
  if (handedOver) return 'Automation has stopped: a person must act.';
  if (incident.approval)
    return `Waiting for approval of "${incident.approval.title}" until ${clockSince(incident.approval.askedAt, incident.approval.expiresAt)} UTC.`;
  if (!attemptUnderWay(incident)) return 'Nothing is running.';
  if (onlyObserves(incident)) return 'Automation only observes here and will change nothing: you need to act.';
  return incident.findings.length > 0 ? 'Automation is working through the plan.' : 'Automation is diagnosing.';
}

const onlyObserves = ({ policy: { playbook } }: Incident) =>
  playbook.plan.length > 0 && playbook.plan.every(({ mode }) => mode === 'observe' || mode === 'off');

const SYSTEMS = { pagerduty: 'PagerDuty', opsgenie: 'Opsgenie', slack: 'Slack' } as const;

/** Links to tickets and threads, to the alarms in the console, and those of the service's policy. */
export function links(incident: Incident): { label: string; url: string }[] {
  const { signals, policy, references } = incident;
  const { region } = policy;
  const alarms = Object.keys(signals).flatMap(key => alarmOf(key) ?? []);
  return [
    ...references.flatMap(({ system, url }) => (url ? [{ label: SYSTEMS[system], url }] : [])),
    ...alarms.map(name => ({ label: `Alarm ${name}`, url: alarmUrl(region, name) })),
    ...errorLines(incident),
    ...(policy.playbook.links ?? []),
    ...policy.links,
  ];
}
