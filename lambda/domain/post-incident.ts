import type { Incident } from './incident.ts';
import { usersAffected } from './internal-notification.ts';
import { trouble } from './post-mortem.ts';
import { healer } from './response-assessment.ts';
import { percent, SEVERITY_NAMES, type Severity } from './severity.ts';
import { clockSince } from './time.ts';
import type { EntryOf } from './timeline.ts';

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
  minutes: number;
  /** Of requests, as measured; null, nobody measured it. */
  usersAffected: string | null;
  /** "none", or how much. */
  dataLoss: string;
  lessons: string;
  actionItems: { owner: string | null; action: string; due: string; done: boolean }[];
  /** Where people of the account read the whole of it. */
  url: string | null;
}

/** `HH:MM`; null, nobody recorded it. */
export interface Milestones {
  detected: string;
  investigationStarted: string | null;
  rootCauseIdentified: string | null;
  fixDeployed: string | null;
  serviceRestored: string;
}

/** What is told of an incident when its review is done: facts by the incident log, the rest in the words of who reviewed it. */
export function postIncident(incident: Incident, review: EntryOf<'PostMortemDone'>): PostIncident {
  const { id, policy, title, severity, startedAt, actionItems, postMortem } = incident;
  const share = usersAffected(incident);
  return {
    ...{ id, title, severity, service: policy.title },
    severityName: SEVERITY_NAMES[severity],
    date: startedAt.slice(0, 10),
    summary: review.summary,
    timeline: milestones(incident),
    rootCause: review.rootCause,
    minutes: trouble(incident).minutes,
    usersAffected: share === undefined ? null : percent(share),
    dataLoss: review.dataImpact,
    lessons: review.lessons,
    actionItems: actionItems.map(({ owner = null, action, dueAt, done }) => ({
      ...{ owner, action, due: dueAt.slice(0, 10), done: done !== undefined },
    })),
    url: postMortem?.url ?? null,
  };
}

/** The cause counts as identified when the incident says so: with the first diagnosis that found something. */
export function milestones(incident: Incident): Milestones {
  const { startedAt, openedAt, timeline } = incident;
  const at = (iso: string | undefined) => (iso === undefined ? null : clockSince(startedAt, iso));
  const began = timeline.find(({ type }) => type === 'ResponseRequested' || type === 'Acknowledged');
  const identified = timeline.find(
    entry => entry.type === 'DiagnosisRecorded' && entry.findings.some(({ ok }) => ok === false),
  );
  return {
    detected: clockSince(startedAt, openedAt),
    investigationStarted: at(began?.at),
    rootCauseIdentified: at(identified?.at),
    fixDeployed: at(healer(incident)?.startedAt),
    serviceRestored: trouble(incident).to,
  };
}
