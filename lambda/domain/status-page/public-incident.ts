import { affectedComponents, isPublic } from '../communication/updates.ts';
import type { Investigation } from '../incident/audiences.ts';
import { type Incident, playbookOf } from '../incident/incident.ts';
import type { PublishedUpdate } from '../incident/records.ts';
import type { Component } from '../incident/service-policy.ts';
import { SEVERITIES, type Severity } from '../kernel/severity.ts';
import type { Render } from '../kernel/templates.ts';
import { clock, dateTime, plusMinutes } from '../kernel/time.ts';
import { disruptionsOf } from '../outage/disruption.ts';
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
  /** The metrics have not been read yet: no duration is told, because it may change. */
  unmeasured?: true | undefined;
  /** The incident that it is part of: it is in no list, and its page leads there. */
  mergedInto?: string | undefined;
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
  /** A person had answered when it was posted, or automation was changing something: nobody else works on a fix. */
  worked: boolean;
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
  const { publication } = incident;
  const usual = playbookOf(incident).customers ?? {
    title: 'Service disruption',
    impact: 'Requests may fail or take longer than usual.',
  };
  if (!publication?.investigation) return usual;
  const isDisrupted = disruptionsOf(incident).some(({ from, to }) => !at || (from <= at && (!to || at < to)));
  return {
    title: INVESTIGATIONS[publication.investigation],
    impact: isDisrupted ? usual.impact : 'We know of no disruption of the service.',
  };
}

/** The incident as customers see it; undefined while it is not published. */
export function publicIncident(incident: Incident, render: Render): PublicIncident | undefined {
  if (!isPublic(incident) || incident.drill) return undefined;
  const { id, mitigatedAt, resolvedAt, cancelled, mergedInto, publication, outage } = incident;
  const investigated = publication?.investigation !== undefined;
  const { from, to } = outageOf(incident);
  const updates = incident.publicUpdates.map(update => written(incident, update, render)).reverse();
  return {
    id,
    name: wordsForCustomers(incident).title,
    impact: cancelled ? 'none' : impactOf(incident),
    status: updates[0]?.status ?? (resolvedAt ? 'resolved' : 'investigating'),
    startedAt: from,
    monitoringAt: investigated ? undefined : mitigatedAt,
    resolvedAt,
    endedAt: resolvedAt && to,
    ...(resolvedAt && !outage ? { unmeasured: true } : {}),
    mergedInto: mergedInto?.id,
    updates,
    components: affectedComponents(incident),
    ...(investigated
      ? {
          disruptions: disruptionsOf(incident).map(({ severity, ...when }) => ({ ...when, impact: IMPACTS[severity] })),
        }
      : {}),
  };
}

/** The impact of an investigation is its worst measured one; that of any other incident follows from its severity. */
function impactOf(incident: Incident): PublicImpact {
  if (!incident.publication?.investigation) return IMPACTS[incident.severity];
  const severities = disruptionsOf(incident).map(({ severity }) => severity);
  const worst = SEVERITIES.find(severity => severities.includes(severity));
  return worst ? IMPACTS[worst] : 'none';
}

/** The id of an update. Feed readers know the update by it, so it never changes. */
export const updateId = ({ id }: Pick<Incident, 'id'>, { seq }: Pick<PublishedUpdate, 'seq'>) => `${id}-${seq}`;

/**
 * An investigation stays "investigating" until it is resolved: a diagnosis of the service says nothing about what was
 * declared.
 */
function statusOf({ publication }: Incident, { kind, status }: PublishedUpdate): PublicStatus {
  if (kind === 'post-mortem') return 'postmortem';
  if (status === 'closed' || status === 'resolved') return 'resolved';
  return publication?.investigation ? 'investigating' : status;
}

function written(incident: Incident, update: PublishedUpdate, render: Render): PublicUpdate {
  const { policy, cancelled = false, publication } = incident;
  const { kind, at, text = null, nextAt, fixed, worked = false } = update;
  const status = statusOf(incident, update);
  const investigation = publication?.investigation ?? null;
  const fields: UpdateFields = {
    service: policy.title,
    ...wordsForCustomers(incident, at),
    ...{ status, text, fixed, worked, cancelled, investigation },
    components: affectedComponents(incident).map(({ name }) => name),
    posted: `${clock(at)} UTC`,
    next: kind === 'update' && nextAt ? `${clock(nextAt)} UTC` : null,
    postMortem: kind === 'late' && nextAt ? `by ${dateTime(nextAt)}` : isReviewed(incident) ? promise(incident) : null,
  };
  const template =
    investigation && status === 'investigating' ? 'investigation' : UPDATES[kind === 'late' ? 'late' : status];
  const body = render(`status-updates/${template}.txt`, fields).trim();
  return { id: updateId(incident, update), status, at, body };
}

/** The hours of the policy if the review keeps them, or else the deadline that follows from its meeting. */
function promise(incident: Incident): string {
  const { policy, resolvedAt = '' } = incident;
  const due = postMortemDue(incident) ?? '';
  const hours = policy.postMortemHours;
  return due <= plusMinutes(resolvedAt, hours * 60) ? `within ${hours} hours` : `by ${dateTime(due)}`;
}
