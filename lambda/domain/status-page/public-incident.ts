import { affectedComponents, isPublic } from '../communication/updates.ts';
import type { Investigation } from '../incident/audiences.ts';
import type { EventOf, IncidentEvent } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Component } from '../incident/service-policy.ts';
import { SEVERITIES, type Severity } from '../kernel/severity.ts';
import type { Render } from '../kernel/templates.ts';
import { clock, dateTime, plusMinutes } from '../kernel/time.ts';
import { disruptions } from '../outage/disruption.ts';
import { outageOf } from '../outage/outage.ts';
import { isReviewed, postMortemDue } from '../review/review.ts';

/** Statuspage's words for an incident: `postmortem` once the part of the review for customers is published. */
export type PublicStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'postmortem';

export type PublicImpact = 'none' | 'minor' | 'major' | 'critical';

/** The public part of an incident: words for customers, times and components, and nothing internal. */
export interface PublicIncident {
  id: string;
  /** The customers' name for the trouble; never the internal title. */
  name: string;
  impact: PublicImpact;
  status: PublicStatus;
  startedAt: string;
  monitoringAt?: string | undefined;
  resolvedAt?: string | undefined;
  /** The end of the outage, which comes before the resolution; undefined while the incident is open. */
  endedAt?: string | undefined;
  /** The newest first. */
  updates: PublicUpdate[];
  components: readonly Component[];
  /** The measured disruptions of an investigation. Absent for any other incident, which counts for its whole duration. */
  disruptions?: readonly PublicDisruption[] | undefined;
}

export interface PublicDisruption {
  from: string;
  to?: string | undefined;
  impact: PublicImpact;
}

export interface PublicUpdate {
  /** `INC-2026-01-31-001-17` */
  id: string;
  status: PublicStatus;
  at: string;
  /** Text of some paragraphs; the last one says when it was posted. */
  body: string;
}

/** The fields of the templates `status-updates/*.txt`. */
export interface UpdateFields {
  service: string;
  title: string;
  /** The impact that customers notice. */
  impact: string;
  status: PublicStatus;
  /** True once a step helped or a person resolved it: only then a fix is in place. */
  fixed: boolean;
  /** A person's own words; null in an automatic update. */
  text: string | null;
  components: string[];
  /** `HH:MM UTC` */
  posted: string;
  /** The time by which the next update follows; null after the end. */
  next: string | null;
  /** When the post-mortem follows: "within 24 hours", or "by 2026-02-02 20:30 UTC"; null when there is none. */
  postMortem: string | null;
  /** True for a false alarm. */
  cancelled: boolean;
  /** The kind of an investigation: something was declared and no harm measured; null for a disruption. */
  investigation: Investigation | null;
}

const IMPACTS: Record<Severity, PublicImpact> = { P1: 'critical', P2: 'major', P3: 'minor', P4: 'none' };

const UPDATES: Record<PublicStatus | 'late', string> = {
  investigating: 'investigating',
  identified: 'update',
  monitoring: 'update',
  resolved: 'resolved',
  postmortem: 'post-mortem',
  late: 'post-mortem-late',
};

const INVESTIGATIONS: Record<Investigation, string> = {
  security: 'Security investigation',
  data: 'Data investigation',
};

/** Title and impact in the customers' words: those of the investigation, or those of the playbook. */
export function wordsForCustomers(incident: Incident, at?: string): { title: string; impact: string } {
  const { policy, publication } = incident;
  const usual = policy.playbook.customers ?? {
    title: 'Service disruption',
    impact: 'Requests may fail or take longer than usual.',
  };
  if (!publication?.investigation) return usual;
  const isDisrupted = disruptions(incident).some(({ from, to }) => !at || (from <= at && (!to || at < to)));
  return {
    title: INVESTIGATIONS[publication.investigation],
    impact: isDisrupted ? usual.impact : 'We know of no disruption of the service.',
  };
}

/** The incident as customers see it; undefined while it is not published. */
export function publicIncident(incident: Incident, render: Render): PublicIncident | undefined {
  if (!isPublic(incident) || incident.drill) return undefined;
  const { id, mitigatedAt, resolvedAt, cancelled, timeline, publication } = incident;
  const investigated = publication?.investigation !== undefined;
  const { from, to } = outageOf(incident);
  const updates = timeline.flatMap(event => {
    const content = contentOf(incident, event as PublicEvent);
    return content ? [written(incident, event as PublicEvent, content, render)] : [];
  });
  updates.reverse();
  return {
    id,
    name: wordsForCustomers(incident).title,
    impact: cancelled ? 'none' : impactOf(incident),
    status: updates[0]?.status ?? (resolvedAt ? 'resolved' : 'investigating'),
    startedAt: from,
    monitoringAt: investigated ? undefined : mitigatedAt,
    resolvedAt,
    endedAt: resolvedAt && to,
    updates,
    components: affectedComponents(incident),
    ...(investigated
      ? { disruptions: disruptions(incident).map(({ severity, ...when }) => ({ ...when, impact: IMPACTS[severity] })) }
      : {}),
  };
}

/** The impact of an investigation is its worst measured one; that of any other incident follows from its severity. */
function impactOf(incident: Incident): PublicImpact {
  if (!incident.publication?.investigation) return IMPACTS[incident.severity];
  const severities = disruptions(incident).map(({ severity }) => severity);
  const worst = SEVERITIES.find(severity => severities.includes(severity));
  return worst ? IMPACTS[worst] : 'none';
}

/** The id of an update. Feed readers know the update by it, so it never changes. */
export const updateId = ({ id }: Pick<Incident, 'id'>, { seq }: Pick<IncidentEvent, 'seq'>) => `${id}-${seq}`;

type PublicEvent = EventOf<'UpdatePosted' | 'PostMortemDone' | 'PostMortemOverdue'>;

type Content = Pick<UpdateFields, 'status' | 'text'> & { nextAt?: string | undefined; late?: string };

function contentOf(incident: Incident, event: PublicEvent): Content | undefined {
  if (event.type === 'UpdatePosted' && event.to === 'public')
    return { status: statusOf(incident, event), text: event.text ?? null, nextAt: event.nextAt };
  if (event.type === 'PostMortemDone' && event.customers && isPublic(incident))
    return { status: 'postmortem', text: event.customers };
  // A late post-mortem is announced with its new deadline; only the last such announcement is shown.
  const isLast = incident.timeline.findLast(({ type }) => type === 'PostMortemOverdue') === event;
  if (event.type === 'PostMortemOverdue' && event.expectedAt && isLast)
    return { status: 'resolved', text: null, late: dateTime(event.expectedAt) };
  return undefined;
}

/**
 * An investigation stays "investigating" until it is resolved: a diagnosis of the service says nothing about what was
 * declared.
 */
const statusOf = ({ publication }: Incident, { status }: EventOf<'UpdatePosted'>) =>
  publication?.investigation && status !== 'resolved' ? 'investigating' : status;

const isFixed = (before: readonly IncidentEvent[]): boolean =>
  before.some(
    event =>
      event.type === 'StepSucceeded' ||
      (event.type === 'StepFailed' && event.impact === 'relieved') ||
      event.type === 'ResolutionRequested',
  );

function written(
  incident: Incident,
  event: PublicEvent,
  { nextAt, late, ...content }: Content,
  render: Render,
): PublicUpdate {
  const { policy, cancelled = false, publication } = incident;
  const words = wordsForCustomers(incident, event.at);
  const investigation = publication?.investigation ?? null;
  const fields: UpdateFields = {
    service: policy.title,
    ...words,
    ...content,
    fixed: isFixed(incident.timeline.slice(0, event.seq)),
    components: affectedComponents(incident).map(({ name }) => name),
    posted: `${clock(event.at)} UTC`,
    next: nextAt ? `${clock(nextAt)} UTC` : null,
    postMortem: late ? `by ${late}` : isReviewed(incident) ? promise(incident) : null,
    cancelled,
    investigation,
  };
  const template =
    investigation && content.status === 'investigating' ? 'investigation' : UPDATES[late ? 'late' : content.status];
  const body = render(`status-updates/${template}.txt`, fields).trim();
  return { id: updateId(incident, event), status: content.status, at: event.at, body };
}

/** The hours of the policy if the review keeps them, or else the deadline that follows from its meeting. */
function promise(incident: Incident): string {
  const { policy, resolvedAt = '' } = incident;
  const due = postMortemDue(incident) ?? '';
  const hours = policy.postMortemHours;
  return due <= plusMinutes(resolvedAt, hours * 60) ? `within ${hours} hours` : `by ${dateTime(due)}`;
}
