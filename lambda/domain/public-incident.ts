import { affected, isPublic } from './communication.ts';
import type { Incident } from './incident.ts';
import type { Component } from './policy.ts';
import { isReviewed } from './review.ts';
import type { Severity } from './severity.ts';
import type { Render } from './templates.ts';
import { clock } from './time.ts';
import type { EntryOf, TimelineEntry } from './timeline.ts';

/** Statuspage's words for an incident: `postmortem` once customers have read what was learnt. */
export type PublicStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'postmortem';

export type Impact = 'none' | 'minor' | 'major' | 'critical';

/** What anybody may read of an incident: words for customers, times and components, and nothing else. */
export interface PublicIncident {
  id: string;
  /** As customers know the trouble; never what it is inside. */
  name: string;
  impact: Impact;
  status: PublicStatus;
  startedAt: string;
  monitoringAt?: string | undefined;
  resolvedAt?: string | undefined;
  /** The newest first. */
  updates: PublicUpdate[];
  components: readonly Component[];
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
  /** Hours within which a post-mortem follows; null, none does. */
  postMortemHours: number | null;
  /** It was none. */
  cancelled: boolean;
}

const IMPACTS: Record<Severity, Impact> = { P1: 'critical', P2: 'major', P3: 'minor', P4: 'none' };

const UPDATES: Record<PublicStatus, string> = {
  investigating: 'investigating',
  identified: 'update',
  monitoring: 'update',
  resolved: 'resolved',
  postmortem: 'post-mortem',
};

/** How customers call what a playbook is about, in their own words. */
export const wordsForCustomers = ({ policy }: Pick<Incident, 'policy'>) =>
  policy.playbook.customers ?? { title: 'Service disruption', impact: 'Requests may fail or take longer than usual.' };

/** As customers see it; undefined while they are not told of it. */
export function publicIncident(incident: Incident, render: Render): PublicIncident | undefined {
  if (!isPublic(incident) || incident.drill) return undefined;
  const { id, severity, startedAt, mitigatedAt, resolvedAt, cancelled, timeline } = incident;
  const updates = timeline.flatMap(entry => {
    const said = updateOf(incident, entry as PublicEntry);
    return said ? [written(incident, entry as PublicEntry, said, render)] : [];
  });
  updates.reverse();
  return {
    id,
    name: wordsForCustomers(incident).title,
    impact: cancelled ? 'none' : IMPACTS[severity],
    status: updates[0]?.status ?? (resolvedAt ? 'resolved' : 'investigating'),
    startedAt,
    monitoringAt: mitigatedAt,
    resolvedAt,
    updates,
    components: affected(incident),
  };
}

/** Stays the same whatever is written anew. */
export const updateId = ({ id }: Pick<Incident, 'id'>, { seq }: Pick<TimelineEntry, 'seq'>) => `${id}-${seq}`;

type PublicEntry = EntryOf<'UpdatePosted' | 'PostMortemDone'>;

type Said = Pick<UpdateFields, 'status' | 'text'> & { nextAt?: string | undefined };

function updateOf(incident: Incident, entry: PublicEntry): Said | undefined {
  if (entry.type === 'UpdatePosted' && entry.to === 'public')
    return { status: entry.status, text: entry.text ?? null, nextAt: entry.nextAt };
  if (entry.type === 'PostMortemDone' && entry.customers && isPublic(incident))
    return { status: 'postmortem', text: entry.customers };
  return undefined;
}

const isFixed = (before: readonly TimelineEntry[]): boolean =>
  before.some(
    entry =>
      entry.type === 'StepSucceeded' ||
      (entry.type === 'StepFailed' && entry.impact === 'relieved') ||
      entry.type === 'ResolutionRequested',
  );

function written(incident: Incident, entry: PublicEntry, { nextAt, ...said }: Said, render: Render): PublicUpdate {
  const { policy, cancelled = false } = incident;
  const words = wordsForCustomers(incident);
  const fields: UpdateFields = {
    service: policy.title,
    ...words,
    ...said,
    fixed: isFixed(incident.timeline.slice(0, entry.seq)),
    components: affected(incident).map(({ name }) => name),
    posted: `${clock(entry.at)} UTC`,
    next: nextAt ? `${clock(nextAt)} UTC` : null,
    postMortemHours: isReviewed(incident) ? policy.postMortemHours : null,
    cancelled,
  };
  const body = render(`status-updates/${UPDATES[said.status]}.txt`, fields).trim();
  return { id: updateId(incident, entry), status: said.status, at: entry.at, body };
}
