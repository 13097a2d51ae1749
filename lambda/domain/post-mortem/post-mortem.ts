import { investigationOf } from '../communication/publication.ts';
import { workaround } from '../communication/questions.ts';
import { affectedComponents, isPublic } from '../communication/updates.ts';
import { timesOf } from '../figures/figures.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import { playbookOf } from '../incident/incident.ts';
import { AUTOMATION } from '../incident/person.ts';
import type { Meeting } from '../incident/review-records.ts';
import { executionUrl, logsUrl } from '../kernel/console.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clockSince, dateTime, duration, minutesBetween, plusMinutes } from '../kernel/time.ts';
import { condensed } from '../messages/condensed.ts';
import { incidentLinks } from '../messages/incident-links.ts';
import { formatLine } from '../messages/log.ts';
import { disruptionsOf } from '../outage/disruption.ts';
import { basis, lasted, outageOf, span, worstWords } from '../outage/outage.ts';
import { postMortemDue } from '../review/review.ts';
import type { Graph } from './graphs.ts';
import { type Milestone, milestones } from './milestones.ts';
import {
  couldHaveGoneBetter,
  type NotTried,
  notTried,
  type TargetLine,
  type Tried,
  targets,
  tried,
  wentWell,
} from './response-assessment.ts';
import { whatHelped } from './what-helped.ts';

/**
 * The fields of the template `documents/post-mortem.md`, the runbook's section 4.1. A fact that only people know is null, or
 * has no field.
 */
export interface PostMortem {
  id: string;
  service: string;
  title: string;
  date: string;
  severity: Severity;
  severityName: string;
  /** The duration of the outage, the same as in every message, and the measurement behind it. */
  duration: string;
  basis: string;
  from: string;
  to: string;
  reporter: string;
  commander: string | null;
  reviewers: readonly string[];
  due: string;
  meeting: string | null;
  impact: string;
  /** Tells if people had another way; null when nobody reported. */
  workaround: string | null;
  /** The time of publication; null when the incident was not published. */
  published: string | null;
  /** One sentence on how the incident ended. */
  ended: string;
  timeline: { time: string; text: string }[];
  fired: string[];
  found: { time: string; texts: string[] } | null;
  detected: string;
  /** The share of affected users at the worst; null when it was not measured. */
  usersAffected: string | null;
  /** When the cause was known, and when the fix was in place; null when nobody knows. */
  causeIdentified: string | null;
  fixDeployed: string | null;
  /** Names of the affected components; empty without a status page. */
  components: string[];
  dataLoss: string[];
  securityBreach: string[];
  /** The downtime that counts against the availability promised to customers, as far as it is known. */
  downtime: string;
  /** The time of the last rise of severity, from which the targets are counted: "09:09 UTC, 5 minutes after it began". */
  since: string;
  targets: TargetLine[];
  tried: (Tried & { urls: string[] })[];
  notTried: NotTried[];
  wentWell: string[];
  couldHaveGoneBetter: string[];
  actionItems: { id: string; action: string; text: string; owner: string | null; priority: string; due: string }[];
  graphs: { file: string | null; title: string; why: string | null }[];
  links: { label: string; url: string }[];
}

/** The facts of a post-mortem that are not in the timeline. */
export interface Sources {
  reviewers: readonly string[];
  meeting: Meeting | undefined;
  graphs: readonly Graph[];
  /** The log group of the service's tasks. */
  logGroup: string;
}

/** The draft of the post-mortem: all facts known of an incident that is over. */
export function postMortem(incident: IncidentHistory, { reviewers, meeting, graphs, logGroup }: Sources): PostMortem {
  const { id, policy, title, severity, startedAt, resolvedAt = startedAt, commander = null, publication } = incident;
  const at = (iso: string) => clockSince(startedAt, iso);
  const { from, to = resolvedAt } = outageOf(incident);
  const { rootCauseIdentified, fixDeployed } = milestones(incident);
  const known = (milestone: Milestone | null) => milestone && `${milestone.at} UTC (${milestone.source})`;
  const { region } = policy;
  return {
    ...{ id, title, severity, commander, reviewers, service: policy.title },
    date: startedAt.slice(0, 10),
    severityName: SEVERITY_NAMES[severity],
    duration: lasted(incident) ?? 'not over',
    basis: basis(incident),
    from: at(from),
    to: at(to),
    reporter: incident.reporter ?? AUTOMATION,
    due: dateTime(postMortemDue(incident) ?? resolvedAt),
    meeting: meeting ? dateTime(meeting.at) : null,
    impact: playbookOf(incident).impact,
    workaround: workaround(incident),
    published: publication?.at && isPublic(incident) ? at(publication.at) : null,
    ended: ended(incident),
    timeline: condensed(incident.timeline.filter(event => isNotable(incident, event))).map(line => ({
      time: at(line.event.at),
      text: formatLine(line, incident)[1],
    })),
    fired: [...new Set(signals(incident).map(({ summary }) => summary))],
    found: found(incident),
    detected: detected(incident),
    usersAffected: worstWords(incident),
    causeIdentified: known(rootCauseIdentified),
    fixDeployed: known(fixDeployed),
    components: policy.statusPage ? affectedComponents(incident).map(({ name }) => name) : [],
    dataLoss: declarations(incident, 'dataLoss'),
    securityBreach: declarations(incident, 'securityBreach'),
    downtime: downtime(incident),
    since: `${at(incident.severityAt)} UTC, ${sinceStart(incident)}`,
    targets: targets(incident),
    tried: tried(incident).map(step => ({ ...step, urls: step.executions.map(id => executionUrl(region, id)) })),
    notTried: notTried(incident),
    wentWell: wentWell(incident),
    couldHaveGoneBetter: couldHaveGoneBetter(incident),
    actionItems: incident.actionItems.map(({ owner = null, dueAt, priority, ...item }) => ({
      ...{ id: item.id, action: item.action, text: item.text, owner, priority },
      due: dueAt.slice(0, 10),
    })),
    graphs: graphs.map(({ file = null, title: name, why = null }) => ({ file, title: name, why })),
    links: [
      { label: `Logs of the tasks, ${logGroup}`, url: logsUrl(region, logGroup, ...windowAround(incident)) },
      ...incidentLinks(incident),
    ],
  };
}

/** Minutes before and after an incident that are shown with it: how it began, and that it did not come back. */
const MARGIN = 30;

/** The period of the graphs and logs of an incident: from, to. */
export const windowAround = ({ startedAt, resolvedAt = startedAt }: IncidentHistory): [string, string] => [
  plusMinutes(startedAt, -MARGIN),
  plusMinutes(resolvedAt, MARGIN),
];

/** Events of automation that mean nothing to a reader, or that stand elsewhere in the document. */
const NOISE: ReadonlySet<EventType> = new Set<EventType>([
  ...(['PageSent', 'MessageDelivered', 'ChecklistTicked', 'ResponseRequested', 'ResponseEnded'] as const),
  ...(['RunbookStarted', 'ReferenceAdded', 'OutageMeasured'] as const),
  ...(['ActionItemRaised', 'ActionItemChanged', 'ActionItemDone', 'ActionItemDue'] as const),
  ...(['PostMortemDrafted', 'PostMortemOverdue', 'PostMortemDone'] as const),
]);

function isNotable({ timeline }: IncidentHistory, event: IncidentEvent): boolean {
  if (NOISE.has(event.type)) return false;
  if (event.type === 'UpdatePosted') {
    const last = timeline.slice(0, event.seq).findLast(other => other.type === 'UpdatePosted' && other.to === event.to);
    return event.text !== undefined || !(last?.type === 'UpdatePosted' && last.status === event.status);
  }
  // Later diagnoses are listed when another check finds something, or none does.
  if (event.type === 'DiagnosisRecorded') {
    const last = timeline.slice(0, event.seq).findLast(other => other.type === 'DiagnosisRecorded');
    return last?.type !== 'DiagnosisRecorded' || failedChecks(last) !== failedChecks(event);
  }
  // A step that is skipped in every attempt for the same reasons is listed once.
  if (event.type === 'StepSkipped')
    return !timeline.some(other => other.seq < event.seq && other.type === 'StepSkipped' && isSame(other, event));
  return true;
}

const failedChecks = ({ findings }: EventOf<'DiagnosisRecorded'>) =>
  findings.flatMap(({ ok, check }) => (ok ? [] : [check])).join();

const isSame = (a: EventOf<'StepSkipped'>, b: EventOf<'StepSkipped'>) =>
  a.step === b.step && a.reasons.join() === b.reasons.join();

const signals = ({ timeline }: IncidentHistory) => timeline.filter(event => event.type === 'SignalFired');

/** The findings of the first diagnosis that found something: later ones show the effect of the remediation too. */
function found({ timeline, startedAt }: IncidentHistory): PostMortem['found'] {
  for (const event of timeline) {
    if (event.type !== 'DiagnosisRecorded') continue;
    const texts = event.findings.filter(({ ok }) => ok === false).map(({ summary }) => summary);
    if (texts.length > 0) return { time: clockSince(startedAt, event.at), texts };
  }
  return null;
}

function detected(incident: IncidentHistory): string {
  const { reporter, timeline, startedAt, openedAt } = incident;
  const at = clockSince(startedAt, openedAt);
  if (reporter) return `${reporter} declared it at ${at} UTC. No alarm had fired.`;
  const real = timeline.find(event => event.type === 'DrillBecameReal');
  if (real) return `In the middle of a drill, at ${clockSince(startedAt, real.at)} UTC: ${real.reason}`;
  const after = timesOf(incident).detect;
  const dated = after === undefined ? '' : `, ${span(after)} after it began`;
  return `By an alarm, at ${at} UTC${dated}: ${signals(incident)[0]?.summary ?? 'what it said is not known'}`;
}

/** How it ended: since when people were served, what helped, and who resolved it. */
function ended(incident: IncidentHistory): string {
  const { timeline, startedAt, clearedAt, policy } = incident;
  const { to, by } = outageOf(incident);
  const at = (iso: string) => `${clockSince(startedAt, iso)} UTC`;
  const end = timeline.findLast(event => event.type === 'Resolved');
  const helped = whatHelped(incident).map(
    ({ run, judged: { measure } }) => `"${run.title}"${measure ? ` (${measure})` : ''}`,
  );
  const restored =
    by === 'metrics' && to
      ? `The service was restored at ${at(to)}.`
      : clearedAt
        ? `Every signal was clear at ${at(clearedAt)}.`
        : undefined;
  const remedies =
    helped.length > 0
      ? `${new Intl.ListFormat('en-GB').format(helped)} helped.`
      : tried(incident).length > 0
        ? 'No step of automation helped.'
        : 'Automation tried nothing.';
  const resolved =
    end &&
    (end.by === AUTOMATION
      ? `Automation resolved it at ${at(end.at)}, when all had been well for ${duration(policy.autoResolveMinutes)}.`
      : `${end.by} resolved it at ${at(end.at)}: ${end.reason}.`);
  const alone = helped.length === 0 && end?.by === AUTOMATION ? 'It ended without automation.' : undefined;
  return [restored, remedies, alone, resolved].filter(Boolean).join(' ');
}

function sinceStart(incident: IncidentHistory): string {
  const after = Math.round(minutesBetween(outageOf(incident).from, incident.severityAt));
  return after < 1 ? 'as it began' : `${span(after)} after it began`;
}

const declarations = ({ timeline }: IncidentHistory, fact: 'dataLoss' | 'securityBreach') =>
  timeline.flatMap(event =>
    event.type === 'Declared' && event.fact === fact ? [`${event.by}, ${dateTime(event.at)}: ${event.text}`] : [],
  );

function downtime(incident: IncidentHistory): string {
  // A declared breach or data loss without measured harm is no downtime.
  if (investigationOf(incident) !== undefined && disruptionsOf(incident).length === 0)
    return 'No downtime was measured.';
  const { startedAt, outage, resolvedAt = startedAt } = incident;
  const { from, to = resolvedAt, by } = outageOf(incident);
  const length = lasted(incident) ?? 'not over';
  const period = `${clockSince(startedAt, from)} to ${clockSince(startedAt, to)} UTC`;
  if (by === 'metrics') return `${length} of downtime: ${period}, ${basis(incident)}.`;
  const signals = `By the signals it lasted ${length}: ${period}.`;
  if (outage && outage.unknown === undefined) return `No downtime: the metrics show no harm to people. ${signals}`;
  return `Not known: ${outage?.unknown ?? 'it was not measured'}. ${signals}`;
}
