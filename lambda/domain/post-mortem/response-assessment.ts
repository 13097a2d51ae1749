import { timesOf } from '../figures/figures.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import type { Run } from '../incident/incident.ts';
import { TIME } from '../incident/person.ts';
import { judge } from '../incident/targets.ts';
import { stepOf } from '../incident/troubles.ts';
import { clockSince, duration, minutesBetween } from '../kernel/time.ts';
import { missedTarget } from '../messages/page-fields.ts';
import { span } from '../outage/outage.ts';

/** One target of the runbook, and if it was kept. */
export interface TargetLine {
  target: string;
  promised: string;
  took: string;
  kept: boolean;
}

const ofType = <T extends EventType>({ timeline }: IncidentHistory, type: T): EventOf<T>[] =>
  timeline.filter((event): event is EventOf<T> => event.type === type);

const NOBODY = 'nobody acknowledged it before it was over';
const OVER = 'it was over before that';

/** Response times against the runbook's targets, counted from the last change of severity. */
export function targets(incident: IncidentHistory): TargetLine[] {
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
  // Earlier updates were about a lower severity.
  const informed = updates.find(update => update.at >= severityAt);
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
            took: informed ? `${took(informed.at)}, ${updates.length} in all` : early ? OVER : 'not at all',
            kept: !late && (early || informed !== undefined),
          },
        ]),
  ];
}

/** One step that was tried, with its outcome and the evidence for it. */
export interface Tried {
  time: string;
  title: string;
  outcome: string;
  evidence: string;
  /** The id of the runbook's execution; null when there was none. */
  execution: string | null;
}

const OUTCOMES: Record<Run['status'], string> = {
  running: 'not known: the incident was over before it was verified',
  succeeded: 'verified',
  rehearsed: 'dry run, nothing changed',
  failed: 'did not help',
};

type End = EventOf<'StepSucceeded' | 'StepFailed' | 'StepRehearsed'>;

/** The steps that automation tried, in order. */
export const tried = (incident: IncidentHistory): Tried[] =>
  incident.runs.map(run => {
    const end = incident.timeline.find(
      (event): event is End => 'run' in event && isEnd(event) && event.run === run.run,
    );
    return {
      time: clockSince(incident.startedAt, run.startedAt),
      title: run.title,
      outcome: run.impact === 'harmful' ? 'made it worse' : OUTCOMES[run.status],
      evidence: evidence(run, end),
      execution: end?.execution ?? null,
    };
  });

/** The checks that decided. A failure lists the failed ones, and its reason where they do not contain it. */
function evidence({ reason = '', status }: Run, end: End | undefined): string {
  const checks = end && 'checks' in end ? end.checks : [];
  const results = checks
    .filter(({ passed }) => status !== 'failed' || !passed)
    .map(({ check, seen }) => `${check}: ${seen}`)
    .join('; ');
  return results.includes(reason) ? results : [reason, results].filter(Boolean).join('; ');
}

const isEnd = ({ type }: IncidentEvent) => ['StepSucceeded', 'StepFailed', 'StepRehearsed'].includes(type);

/** The run that ended the trouble: the last one that the signals verified. A step that only relieves people does not count. */
export function healer(incident: IncidentHistory): Run | undefined {
  const heals = (run: Run) => !stepOf(incident, run)?.verifiedBy;
  return incident.mitigatedAt === undefined
    ? undefined
    : incident.runs.findLast(run => run.status === 'succeeded' && !run.dryRun && !run.undoes && heals(run));
}

/** Facts that speak for the response; the review judges them. */
export function wentWell(incident: IncidentHistory): string[] {
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

/** Facts that speak against the response; each one is a question for the review. */
export function couldHaveGoneBetter(incident: IncidentHistory): string[] {
  const { reporter, startedAt, timeline, policy, severity } = incident;
  const at = ({ at: iso }: IncidentEvent) => `${clockSince(startedAt, iso)} UTC`;
  const uncertain = new Set(
    ofType(incident, 'DiagnosisRecorded').flatMap(({ findings }) =>
      findings.flatMap(({ ok, summary }) => (ok === null ? [summary] : [])),
    ),
  );
  return [
    ...(reporter === undefined ? [] : [`No alarm detected it: ${reporter} had to declare it`]),
    ...ofType(incident, 'TargetMissed').map(event => `${missedTarget(event)} (${at(event)})`),
    ...ofType(incident, 'Escalated')
      .filter(({ level, reason }) => level > 1 && !/\bP[1-4]$/.test(reason))
      .map(event => `Level ${event.level}, ${event.role}, had to be called (${at(event)}): ${event.reason}`),
    ...(policy.severities[severity].pages && !timeline.some(({ type }) => type === 'Acknowledged')
      ? ['Nobody who was called acknowledged it']
      : []),
    ...tried(incident)
      .filter(({ outcome }) => outcome === OUTCOMES.failed || outcome === 'made it worse')
      .map(({ title, outcome, evidence }) => `"${title}" ${outcome}: ${evidence}`),
    ...ofType(incident, 'ApprovalDeclined')
      .filter(({ by }) => by === TIME)
      .map(event => `Nobody answered whether "${event.step}" may be done (${at(event)})`),
    ...ofType(incident, 'HandedOver').map(event => `Automation could not end it (${at(event)}): ${event.reason}`),
    ...(cameBack(timeline) ? ['It came back after it had been mitigated'] : []),
    ...ofType(incident, 'SettlingFailed').map(
      event => `The signals were clear, and the service not well (${at(event)})`,
    ),
    ...[...uncertain].map(summary => `The diagnosis could not tell: ${summary}`),
  ];
}

/** A signal that fires after the mitigation shows that the trouble had not ended. */
const cameBack = (timeline: readonly IncidentEvent[]) =>
  timeline.some(
    ({ type }, i) => type === 'SignalFired' && timeline.slice(0, i).some(earlier => earlier.type === 'Mitigated'),
  );
