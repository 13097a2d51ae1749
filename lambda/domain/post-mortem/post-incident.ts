import type { EventOf } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { basis, outageOf, worstWords } from '../outage/outage.ts';
import { type Milestones, milestones } from './milestones.ts';

/** The fields of the template `messages/post-incident.txt`, the runbook's section 3.4. */
export interface PostIncident {
  id: string;
  service: string;
  title: string;
  severity: Severity;
  severityName: string;
  date: string;
  summary: string;
  timeline: Milestones;
  rootCause: string;
  /** The duration of the outage, and the measurement behind it. */
  minutes: number;
  basis: string;
  /** The share of affected users at the worst; null when it was not measured. */
  usersAffected: string | null;
  /** "none", or a description of the loss. */
  dataLoss: string;
  lessons: string;
  actionItems: { owner: string | null; action: string; due: string; done: boolean }[];
  /** The URL of the whole post-mortem, for people with access to the account. */
  url: string | null;
}

/** The message about a completed review: facts from the incident log, the rest in the reviewer's words. */
export function postIncident(incident: IncidentHistory, review: EventOf<'PostMortemDone'>): PostIncident {
  const { id, policy, title, severity, startedAt, actionItems, postMortem } = incident;
  return {
    ...{ id, title, severity, service: policy.title },
    severityName: SEVERITY_NAMES[severity],
    date: startedAt.slice(0, 10),
    summary: review.summary,
    timeline: milestones(incident),
    rootCause: review.rootCause,
    minutes: outageOf(incident).minutes ?? 0,
    basis: basis(incident),
    usersAffected: worstWords(incident),
    dataLoss: review.dataImpact,
    lessons: review.lessons,
    actionItems: actionItems.map(({ owner = null, action, dueAt, done }) => ({
      ...{ owner, action, due: dueAt.slice(0, 10), done: done !== undefined },
    })),
    url: postMortem?.url ?? null,
  };
}
