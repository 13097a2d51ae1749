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

/** Statuspage's words for an incident: `postmortem` once customers have read what was learnt. */
export type PublicStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'postmortem';

export type PublicImpact = 'none' | 'minor' | 'major' | 'critical';

/** What anybody may read of an incident: words for customers, times and components, and nothing else. */
export interface PublicIncident {
  id: string;
  /** As customers know the trouble; never what it is inside. */
  name: string;
  impact: PublicImpact;
  status: PublicStatus;
  startedAt: string;
  monitoringAt?: string | undefined;
  resolvedAt?: string | undefined;
  /** When people were served again, once it is over: before it was resolved. */
  endedAt?: string | undefined;
  /** The newest first. */
  updates: PublicUpdate[];
  components: readonly Component[];
  /** Of an investigation: for how long the components suffered, as measured. Absent, for as long as it lasts. */
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
  /** Text of some paragraphs, the last of which says when it was posted. */
  body: string;
}

/** What the templates `status-updates/*.txt` are filled with. */
export interface UpdateFields {
  service: string;
  title: string;
  /** What customers notice. */
  impact: string;
  status: PublicStatus;
  /** A step helped by then, or a person had ended it: only then a fix is in place. */
  fixed: boolean;
  /** A person's own words; null, the template's. */
  text: string | null;
  components: string[];
  /** `HH:MM UTC` */
  posted: string;
  /** By when the next one follows; null after the end. */
  next: string | null;
  /** When a post-mortem follows: "within 24 hours", or "by 2026-02-02 20:30 UTC"; null, none does. */
  postMortem: string | null;
  /** It was none. */
  cancelled: boolean;
  /** A matter that was declared and not measured; null, it is a disruption. */
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

/** How customers call it, in their own words: an investigation by what it is, anything else by what its playbook is about. */
export function wordsForCustomers(incident: Incident, at?: string): { title: string; impact: string } {
  const { policy, publication } = incident;
  const usual = policy.playbook.customers ?? {
    title: 'Service disruption',
    impact: 'Requests may fail or take longer than usual.',
  };
  if (!publication?.investigation) return usual;
  const suffer = disruptions(incident).some(({ from, to }) => !at || (from <= at && (!to || at < to)));
  return {
    title: INVESTIGATIONS[publication.investigation],
    impact: suffer ? usual.impact : 'We know of no disruption of the service.',
  };
}

/** As customers see it; undefined while they are not told of it. */
export function publicIncident(incident: Incident, render: Render): PublicIncident | undefined {
  if (!isPublic(incident) || incident.drill) return undefined;
  const { id, mitigatedAt, resolvedAt, cancelled, timeline, publication } = incident;
  const investigated = publication?.investigation !== undefined;
  const { from, to } = outageOf(incident);
  const updates = timeline.flatMap(entry => {
    const said = updateOf(incident, entry as PublicEntry);
    return said ? [written(incident, entry as PublicEntry, said, render)] : [];
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

/** Of an investigation as measured, at its worst. */
function impactOf(incident: Incident): PublicImpact {
  if (!incident.publication?.investigation) return IMPACTS[incident.severity];
  const severities = disruptions(incident).map(({ severity }) => severity);
  const worst = SEVERITIES.find(severity => severities.includes(severity));
  return worst ? IMPACTS[worst] : 'none';
}

/** Stays the same whatever is written anew. */
export const updateId = ({ id }: Pick<Incident, 'id'>, { seq }: Pick<IncidentEvent, 'seq'>) => `${id}-${seq}`;

type PublicEntry = EventOf<'UpdatePosted' | 'PostMortemDone' | 'PostMortemOverdue'>;

type Said = Pick<UpdateFields, 'status' | 'text'> & { nextAt?: string | undefined; late?: string };

function updateOf(incident: Incident, entry: PublicEntry): Said | undefined {
  if (entry.type === 'UpdatePosted' && entry.to === 'public')
    return { status: statusOf(incident, entry), text: entry.text ?? null, nextAt: entry.nextAt };
  if (entry.type === 'PostMortemDone' && entry.customers && isPublic(incident))
    return { status: 'postmortem', text: entry.customers };
  // A promise that was broken is told with the one that holds now: the last, in place of those before.
  const isLast = incident.timeline.findLast(({ type }) => type === 'PostMortemOverdue') === entry;
  if (entry.type === 'PostMortemOverdue' && entry.expectedAt && isLast)
    return { status: 'resolved', text: null, late: dateTime(entry.expectedAt) };
  return undefined;
}

/** Of an investigation neither a cause is known nor a fix in place, whatever a diagnosis of the service found. */
const statusOf = ({ publication }: Incident, { status }: EventOf<'UpdatePosted'>) =>
  publication?.investigation && status !== 'resolved' ? 'investigating' : status;

const isFixed = (before: readonly IncidentEvent[]): boolean =>
  before.some(
    entry =>
      entry.type === 'StepSucceeded' ||
      (entry.type === 'StepFailed' && entry.impact === 'relieved') ||
      entry.type === 'ResolutionRequested',
  );

function written(
  incident: Incident,
  entry: PublicEntry,
  { nextAt, late, ...said }: Said,
  render: Render,
): PublicUpdate {
  const { policy, cancelled = false, publication } = incident;
  const words = wordsForCustomers(incident, entry.at);
  const investigation = publication?.investigation ?? null;
  const fields: UpdateFields = {
    service: policy.title,
    ...words,
    ...said,
    fixed: isFixed(incident.timeline.slice(0, entry.seq)),
    components: affectedComponents(incident).map(({ name }) => name),
    posted: `${clock(entry.at)} UTC`,
    next: nextAt ? `${clock(nextAt)} UTC` : null,
    postMortem: late ? `by ${late}` : isReviewed(incident) ? promise(incident) : null,
    cancelled,
    investigation,
  };
  const template =
    investigation && said.status === 'investigating' ? 'investigation' : UPDATES[late ? 'late' : said.status];
  const body = render(`status-updates/${template}.txt`, fields).trim();
  return { id: updateId(incident, entry), status: said.status, at: entry.at, body };
}

/** The hours, where the meeting falls within them; else when the post-mortem is done that follows it. */
function promise(incident: Incident): string {
  const { policy, resolvedAt = '' } = incident;
  const due = postMortemDue(incident) ?? '';
  const hours = policy.postMortemHours;
  return due <= plusMinutes(resolvedAt, hours * 60) ? `within ${hours} hours` : `by ${dateTime(due)}`;
}
