import { judge, timesOf } from '../figures/figures.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { Incident, Run } from '../incident/incident.ts';
import { clockSince, duration, minutesBetween } from '../kernel/time.ts';
import { missedTarget } from '../messages/page.ts';
import { span } from '../outage/outage.ts';

/** One promise of the runbook, and what came of it. */
export interface TargetLine {
  target: string;
  promised: string;
  took: string;
  kept: boolean;
}

const ofType = <T extends EventType>({ timeline }: Incident, type: T): EventOf<T>[] =>
  timeline.filter((entry): entry is EventOf<T> => entry.type === type);

const NOBODY = 'nobody acknowledged it before it was over';
const OVER = 'it was over before that';

/** Response times against what the runbook promises, counted from when the severity last rose. */
export function targets(incident: Incident): TargetLine[] {
  const { policy, severity, severityAt, resolvedAt = severityAt, startedAt } = incident;
  const { responseMinutes, resolutionMinutes, stakeholdersMinutes } = policy.severities[severity];
  const judged = judge(incident, resolvedAt);
  const isKept = (target: 'response' | 'resolution') =>
    judged.every(judgement => judgement.target !== target || judgement.kept);
  const took = (at: string) =>
    at < severityAt
      ? `before it became ${severity} (${clockSince(startedAt, at)})`
      : `after ${span(minutesBetween(severityAt, at))} (${clockSince(startedAt, at)})`;
  const first = ofType(incident, 'Acknowledged').find(({ at }) => at >= startedAt);
  const updates = ofType(incident, 'UpdatePosted').filter(({ to, at }) => to === 'stakeholders' && at >= startedAt);
  const late = ofType(incident, 'TargetMissed').some(({ target, to }) => target === 'update' && to === 'stakeholders');
  // What they heard before was said of a lesser trouble.
  const heard = updates.find(update => update.at >= severityAt);
  const early = minutesBetween(severityAt, resolvedAt) < (stakeholdersMinutes ?? 0);
  return [
    {
      target: 'Acknowledged',
      promised: `within ${duration(responseMinutes)}`,
      took: first ? took(first.at) : NOBODY,
      kept: isKept('response'),
    },
    ...(resolutionMinutes === undefined
      ? []
      : [
          {
            target: 'Resolved',
            promised: `within ${duration(resolutionMinutes)}`,
            took: took(resolvedAt),
            kept: isKept('resolution'),
          },
        ]),
    ...(stakeholdersMinutes === undefined
      ? []
      : [
          {
            target: 'Stakeholders told',
            promised: `within ${duration(stakeholdersMinutes)}, then every ${duration(policy.updateMinutes)}`,
            took: heard ? `${took(heard.at)}, ${updates.length} in all` : early ? OVER : 'not at all',
            kept: !late && (early || heard !== undefined),
          },
        ]),
  ];
}

/** One remedy that was tried, how it ended, and what shows that. */
export interface Tried {
  time: string;
  title: string;
  outcome: string;
  evidence: string;
  /** Of the runbook; null, it has none. */
  execution: string | null;
}

const OUTCOMES: Record<Run['status'], string> = {
  running: 'not known: the incident was over before it was verified',
  succeeded: 'verified',
  rehearsed: 'dry run, nothing changed',
  failed: 'did not help',
};

type End = EventOf<'StepSucceeded' | 'StepFailed' | 'StepRehearsed'>;

/** What automation did, in order. */
export const tried = (incident: Incident): Tried[] =>
  incident.runs.map(run => {
    const end = incident.timeline.find(
      (entry): entry is End => 'run' in entry && isEnd(entry) && entry.run === run.run,
    );
    return {
      time: clockSince(incident.startedAt, run.startedAt),
      title: run.title,
      outcome: run.impact === 'harmful' ? 'made it worse' : OUTCOMES[run.status],
      evidence: evidence(run, end),
      execution: end?.execution ?? null,
    };
  });

/** The checks that decided; of a failure those that failed, and the reason where they do not say it. */
function evidence({ reason = '', status }: Run, end: End | undefined): string {
  const checks = end && 'checks' in end ? end.checks : [];
  const seen = checks
    .filter(({ passed }) => status !== 'failed' || !passed)
    .map(({ check, seen: what }) => `${check}: ${what}`)
    .join('; ');
  return seen.includes(reason) ? seen : [reason, seen].filter(Boolean).join('; ');
}

const isEnd = ({ type }: IncidentEvent) => ['StepSucceeded', 'StepFailed', 'StepRehearsed'].includes(type);

/** The step that ended the trouble: the last one that the signals verified. What only relieves people ends nothing. */
export function healer({ runs, policy, mitigatedAt }: Incident): Run | undefined {
  const heals = ({ step }: Run) => !policy.playbook.plan.some(({ name, verifiedBy }) => name === step && verifiedBy);
  return mitigatedAt === undefined
    ? undefined
    : runs.findLast(run => run.status === 'succeeded' && !run.dryRun && !run.undoes && heals(run));
}

/** Facts that speak for the response. What people make of them is theirs to say. */
export function wentWell(incident: Incident): string[] {
  const { reporter, publication, startedAt } = incident;
  const detected = timesOf(incident).detect;
  const healed = healer(incident);
  return [
    ...(reporter === undefined && detected !== undefined ? [`An alarm detected it after ${span(detected)}`] : []),
    ...targets(incident).flatMap(({ target, promised, took, kept }) =>
      kept && took !== NOBODY && took !== OVER ? [`${target} as promised (${promised}): ${took}`] : [],
    ),
    ...(healed ? [`"${healed.title}" ended it, and was verified`] : []),
    ...(publication?.at ? [`Customers were told from ${clockSince(startedAt, publication.at)} UTC on`] : []),
  ];
}

/** Facts that speak against it: every one is a question for the review. */
export function couldHaveGoneBetter(incident: Incident): string[] {
  const { reporter, startedAt, timeline, policy, severity } = incident;
  const at = ({ at: iso }: IncidentEvent) => `${clockSince(startedAt, iso)} UTC`;
  const uncertain = new Set(
    ofType(incident, 'DiagnosisRecorded').flatMap(({ findings }) =>
      findings.flatMap(({ ok, summary }) => (ok === null ? [summary] : [])),
    ),
  );
  return [
    ...(reporter === undefined ? [] : [`No alarm detected it: ${reporter} had to declare it`]),
    ...ofType(incident, 'TargetMissed').map(entry => `${missedTarget(entry)} (${at(entry)})`),
    ...ofType(incident, 'Escalated')
      .filter(({ level, reason }) => level > 1 && !/\bP[1-4]$/.test(reason))
      .map(entry => `Level ${entry.level}, ${entry.role}, had to be called (${at(entry)}): ${entry.reason}`),
    ...(policy.severities[severity].pages && !timeline.some(({ type }) => type === 'Acknowledged')
      ? ['Nobody who was called acknowledged it']
      : []),
    ...tried(incident)
      .filter(({ outcome }) => outcome === OUTCOMES.failed || outcome === 'made it worse')
      .map(({ title, outcome, evidence }) => `"${title}" ${outcome}: ${evidence}`),
    ...ofType(incident, 'ApprovalDeclined')
      .filter(({ by }) => by === 'time')
      .map(entry => `Nobody answered whether "${entry.step}" may be done (${at(entry)})`),
    ...ofType(incident, 'HandedOver').map(entry => `Automation could not end it (${at(entry)}): ${entry.reason}`),
    ...(cameBack(timeline) ? ['It came back after it had been mitigated'] : []),
    ...ofType(incident, 'SettlingFailed').map(
      entry => `The signals were clear, and the service not well (${at(entry)})`,
    ),
    ...[...uncertain].map(summary => `The diagnosis could not tell: ${summary}`),
  ];
}

/** A signal that fires again after mitigation means it was none. */
const cameBack = (timeline: readonly IncidentEvent[]) =>
  timeline.some(
    ({ type }, i) => type === 'SignalFired' && timeline.slice(0, i).some(earlier => earlier.type === 'Mitigated'),
  );
