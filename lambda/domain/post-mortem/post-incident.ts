import type { EventOf } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import { SEVERITY_NAMES, type Severity } from '../kernel/severity.ts';
import { basis, outageOf, worstWords } from '../outage/outage.ts';
import { type Milestones, milestones } from './milestones.ts';

/** What the template `messages/post-incident.txt` is filled with: the runbook's 3.4. */
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
  /** How long it lasted, and on what that stands. */
  minutes: number;
  basis: string;
  /** How many, as measured; null, nobody measured it. */
  usersAffected: string | null;
  /** "none", or how much. */
  dataLoss: string;
  lessons: string;
  actionItems: { owner: string | null; action: string; due: string; done: boolean }[];
  /** Where people of the account read the whole of it. */
  url: string | null;
}

/** What is told of an incident when its review is done: facts by the incident log, the rest in the words of who reviewed it. */
export function postIncident(incident: Incident, review: EventOf<'PostMortemDone'>): PostIncident {
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
