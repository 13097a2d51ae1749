import { investigationOf } from '../communication/publication.ts';
import { workaround } from '../communication/questions.ts';
import { affectedComponents, isPublic } from '../communication/updates.ts';
import { timesOf } from '../figures/figures.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Meeting } from '../incident/review-records.ts';
import { executionUrl, logsUrl } from '../kernel/console.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { clockSince, dateTime, plusMinutes } from '../kernel/time.ts';
import { formatEvent } from '../messages/log.ts';
import { links } from '../messages/page.ts';
import { disruptions } from '../outage/disruption.ts';
import { basis, lasted, outageOf, span, worstWords } from '../outage/outage.ts';
import { postMortemDue } from '../review/review.ts';
import type { Graph } from './graphs.ts';
import { type Milestone, milestones } from './milestones.ts';
import {
  couldHaveGoneBetter,
  healer,
  type TargetLine,
  type Tried,
  targets,
  tried,
  wentWell,
} from './response-assessment.ts';

/** What the template `documents/post-mortem.md` is filled with: the runbook's 4.1. What nobody but a person knows is null, or is not there. */
export interface PostMortem {
  id: string;
  service: string;
  title: string;
  date: string;
  severity: Severity;
  severityName: string;
  /** The one that everything tells, and on what it stands. */
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
  /** Whether people had another way; null, nobody said. */
  workaround: string | null;
  /** Since when customers were told; null, they were not. */
  published: string | null;
  /** How it ended, in a sentence. */
  ended: string;
  timeline: { time: string; text: string }[];
  fired: string[];
  found: { time: string; texts: string[] } | null;
  detected: string;
  /** How many noticed, at the worst; null, nobody measured it. */
  usersAffected: string | null;
  /** When the cause was known, and the fix in place; null, nobody knows. */
  causeIdentified: string | null;
  fixDeployed: string | null;
  /** As customers know them; none, where there is no status page. */
  components: string[];
  dataLoss: string[];
  securityBreach: string[];
  /** What it comes to against what customers were promised, as far as that is known. */
  downtime: string;
  /** When it became as severe as it is: what is promised is counted from there. */
  since: string;
  targets: TargetLine[];
  tried: (Tried & { url: string | null })[];
  skipped: { title: string; reasons: string[] }[];
  wentWell: string[];
  couldHaveGoneBetter: string[];
  actionItems: { id: string; action: string; text: string; owner: string | null; priority: string; due: string }[];
  graphs: { file: string | null; title: string; why: string | null }[];
  links: { label: string; url: string }[];
}

/** What else there is of an incident than its timeline. */
export interface Sources {
  reviewers: readonly string[];
  meeting: Meeting | undefined;
  graphs: readonly Graph[];
  /** Where the tasks of the service log. */
  logGroup: string;
}

/** The draft: what is known of an incident that is over. */
export function postMortem(incident: Incident, { reviewers, meeting, graphs, logGroup }: Sources): PostMortem {
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
    reporter: incident.reporter ?? 'automation',
    due: dateTime(postMortemDue(incident) ?? resolvedAt),
    meeting: meeting ? dateTime(meeting.at) : null,
    impact: policy.playbook.impact,
    workaround: workaround(incident),
    published: publication?.at && isPublic(incident) ? at(publication.at) : null,
    ended: ended(incident),
    timeline: incident.timeline
      .filter(entry => isNotable(incident, entry))
      .map(entry => ({ time: at(entry.at), text: formatEvent(entry, incident)[1] })),
    fired: [...new Set(signals(incident).map(({ summary }) => summary))],
    found: found(incident),
    detected: detected(incident),
    usersAffected: worstWords(incident),
    causeIdentified: known(rootCauseIdentified),
    fixDeployed: known(fixDeployed),
    components: policy.statusPage ? affectedComponents(incident).map(({ name }) => name) : [],
    dataLoss: declared(incident, 'dataLoss'),
    securityBreach: declared(incident, 'securityBreach'),
    downtime: downtime(incident),
    since: at(incident.severityAt),
    targets: targets(incident),
    tried: tried(incident).map(step => ({ ...step, url: step.execution && executionUrl(region, step.execution) })),
    skipped: skipped(incident),
    wentWell: wentWell(incident),
    couldHaveGoneBetter: couldHaveGoneBetter(incident),
    actionItems: incident.actionItems.map(({ owner = null, dueAt, priority, ...item }) => ({
      ...{ id: item.id, action: item.action, text: item.text, owner, priority },
      due: dueAt.slice(0, 10),
    })),
    graphs: graphs.map(({ file = null, title: name, why = null }) => ({ file, title: name, why })),
    links: [
      { label: `Logs of the tasks, ${logGroup}`, url: logsUrl(region, logGroup, ...around(incident)) },
      ...links(incident),
    ],
  };
}

/** Minutes before and after an incident that belong to it: how it began, and that it stayed over. */
const AROUND = 30;

/** From when to when it is looked at. */
export const around = ({ startedAt, resolvedAt = startedAt }: Incident): [string, string] => [
  plusMinutes(startedAt, -AROUND),
  plusMinutes(resolvedAt, AROUND),
];

/** What happens by itself and tells a reader nothing, or stands elsewhere in the document. */
const NOISE: ReadonlySet<EventType> = new Set<EventType>([
  ...(['PageSent', 'MessageDelivered', 'ChecklistTicked', 'ResponseRequested', 'ResponseEnded'] as const),
  ...(['ActionItemRaised', 'ActionItemChanged', 'ActionItemDone', 'ActionItemDue'] as const),
  ...(['PostMortemDrafted', 'PostMortemOverdue', 'PostMortemDone'] as const),
]);

function isNotable({ timeline }: Incident, entry: IncidentEvent): boolean {
  if (NOISE.has(entry.type)) return false;
  const earlier = timeline.slice(0, entry.seq);
  if (entry.type === 'UpdatePosted') {
    const last = earlier.findLast(other => other.type === 'UpdatePosted' && other.to === entry.to);
    return entry.text !== undefined || !(last?.type === 'UpdatePosted' && last.status === entry.status);
  }
  // Left out in every attempt for the same reasons, it is told once.
  if (entry.type === 'StepSkipped') return !earlier.some(other => other.type === 'StepSkipped' && isSame(other, entry));
  return true;
}

const isSame = (a: EventOf<'StepSkipped'>, b: EventOf<'StepSkipped'>) =>
  a.step === b.step && a.reasons.join() === b.reasons.join();

const signals = ({ timeline }: Incident) => timeline.filter(entry => entry.type === 'SignalFired');

/** What the first diagnosis that found something found: later ones see what was done about it too. */
function found({ timeline, startedAt }: Incident): PostMortem['found'] {
  for (const entry of timeline) {
    if (entry.type !== 'DiagnosisRecorded') continue;
    const texts = entry.findings.filter(({ ok }) => ok === false).map(({ summary }) => summary);
    if (texts.length > 0) return { time: clockSince(startedAt, entry.at), texts };
  }
  return null;
}

function detected(incident: Incident): string {
  const { reporter, timeline, startedAt, openedAt } = incident;
  const at = clockSince(startedAt, openedAt);
  if (reporter) return `${reporter} declared it at ${at} UTC. No alarm had fired.`;
  const real = timeline.find(entry => entry.type === 'DrillBecameReal');
  if (real) return `In the middle of a drill, at ${clockSince(startedAt, real.at)} UTC: ${real.reason}`;
  const after = timesOf(incident).detect;
  const dated = after === undefined ? '' : `, ${span(after)} after it began`;
  return `By an alarm, at ${at} UTC${dated}: ${signals(incident)[0]?.summary ?? 'what it said is not known'}`;
}

function ended(incident: Incident): string {
  const { timeline, startedAt } = incident;
  const healed = healer(incident);
  const end = timeline.findLast(entry => entry.type === 'Resolved');
  const restored = timeline.findLast(entry => entry.type === 'Mitigated');
  if (healed && restored)
    return `Automation ended it: "${healed.title}" was verified, and the service restored at ${clockSince(startedAt, outageOf(incident).to ?? restored.at)} UTC.`;
  if (end && end.by !== 'automation') return `${end.by} resolved it: ${end.reason}.`;
  return `It ended without a step that was verified to help: ${end?.reason ?? 'not known'}.`;
}

const declared = ({ timeline }: Incident, what: 'dataLoss' | 'securityBreach') =>
  timeline.flatMap(entry =>
    entry.type === 'Declared' && entry.fact === what ? [`${entry.by}, ${dateTime(entry.at)}: ${entry.text}`] : [],
  );

function downtime(incident: Incident): string {
  // What was declared of a service that nobody measured to suffer was no outage of it.
  if (investigationOf(incident) !== undefined && disruptions(incident).length === 0) return 'No downtime was measured.';
  const { startedAt, outage, resolvedAt = startedAt } = incident;
  const { from, to = resolvedAt, by } = outageOf(incident);
  const [long, when] = [
    lasted(incident) ?? 'not over',
    `${clockSince(startedAt, from)} to ${clockSince(startedAt, to)} UTC`,
  ];
  if (by === 'metrics') return `${long} of downtime: ${when}, ${basis(incident)}.`;
  const signals = `By the signals it lasted ${long}: ${when}.`;
  if (outage && outage.unknown === undefined) return `No downtime: the metrics show no harm to people. ${signals}`;
  return `Not known: ${outage?.unknown ?? 'it was not measured'}. ${signals}`;
}

function skipped({ timeline }: Incident): PostMortem['skipped'] {
  const left = timeline.filter(entry => entry.type === 'StepSkipped');
  return left
    .filter((entry, i) => !left.slice(0, i).some(other => isSame(other, entry)))
    .map(({ title, reasons }) => ({ title, reasons }));
}
