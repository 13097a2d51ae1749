import { timesOf } from '../figures/figures.ts';
import { checkWords } from '../incident/check-words.ts';
import type { EventOf, EventType, IncidentEvent } from '../incident/events.ts';
import type { IncidentHistory } from '../incident/history.ts';
import type { Run } from '../incident/incident.ts';
import { AUTOMATION, TIME } from '../incident/person.ts';
import { titleOfStep } from '../incident/policy.ts';
import type { Promised } from '../incident/records.ts';
import { judge } from '../incident/targets.ts';
import { playbooksOf } from '../incident/troubles.ts';
import { countOf } from '../kernel/numbers.ts';
import { clockSince, duration, minutesBetween } from '../kernel/time.ts';
import { missedTarget } from '../messages/page-fields.ts';
import { span } from '../outage/outage.ts';
import { verdictWords } from '../remediation/verdict.ts';
import { judgedRuns, whatHelped } from './what-helped.ts';

/** One target of the runbook, and if it was kept. */
export interface TargetLine {
  target: string;
  promised: string;
  took: string;
  verdict: TargetVerdict;
}

/** Nothing is promised about what nobody did before it was over. */
export type TargetVerdict = 'kept' | 'missed' | 'over before it was due';

const ofType = <T extends EventType>({ timeline }: IncidentHistory, type: T): EventOf<T>[] =>
  timeline.filter((event): event is EventOf<T> => event.type === type);

const NOBODY = 'nobody acknowledged it';
const NONE = 'nobody was told';

/** Response times against the runbook's targets, counted from the last change of severity. */
export function targets(incident: IncidentHistory): TargetLine[] {
  const { policy, severity, severityAt, resolvedAt = severityAt, startedAt } = incident;
  const { responseMinutes, resolutionMinutes, stakeholdersMinutes } = policy.severities[severity];
  const judged = judge(incident, resolvedAt);
  const verdictOn = (target: Promised): TargetVerdict => {
    const own = judged.filter(judgement => judgement.target === target);
    if (own.length === 0) return 'over before it was due';
    return own.every(({ kept }) => kept) ? 'kept' : 'missed';
  };
  const took = (at: string) =>
    at < severityAt
      ? `before it became ${severity} (${clockSince(startedAt, at)})`
      : `after ${span(minutesBetween(severityAt, at))} (${clockSince(startedAt, at)})`;
  const first = ofType(incident, 'Acknowledged').find(({ at }) => at >= startedAt);
  const person = ofType(incident, 'Resolved').find(({ by }) => by !== AUTOMATION);
  const updates = ofType(incident, 'UpdatePosted').filter(({ to, at }) => to === 'stakeholders' && at >= startedAt);
  const late = ofType(incident, 'TargetMissed').some(({ target, to }) => target === 'update' && to === 'stakeholders');
  // Earlier updates were about a lower severity.
  const informed = updates.find(update => update.at >= severityAt);
  const early = minutesBetween(severityAt, resolvedAt) < (stakeholdersMinutes ?? 0);
  return [
    {
      target: 'Acknowledged',
      promised: `within ${duration(responseMinutes)}`,
      took: first ? took(first.at) : person ? `${person.by} resolved it ${took(person.at)}` : NOBODY,
      verdict: verdictOn('response'),
    },
    ...(resolutionMinutes === undefined
      ? []
      : [
          {
            target: 'Resolved',
            promised: `within ${duration(resolutionMinutes)}`,
            took: took(resolvedAt),
            verdict: verdictOn('resolution'),
          },
        ]),
    ...(stakeholdersMinutes === undefined
      ? []
      : [
          {
            target: 'Stakeholders told',
            promised: `within ${duration(stakeholdersMinutes)}, then every ${duration(policy.updateMinutes)}`,
            took: informed ? `${took(informed.at)}, ${countOf(updates.length, 'update')} in all` : NONE,
            verdict: (late || !(early || informed)
              ? 'missed'
              : informed
                ? 'kept'
                : 'over before it was due') as TargetVerdict,
          },
        ]),
  ];
}

/** A step that was tried, with its verdict and the evidence for it. The same outcome of several tries is one line. */
export interface Tried {
  /** The times of the tries. */
  time: string;
  title: string;
  verdict: string;
  evidence: string;
  /** The ids of the runbook's executions. */
  executions: string[];
}

type End = EventOf<'StepSucceeded' | 'StepFailed'>;

/** The steps that automation tried, in order; without those that only ran dry. */
export function tried(incident: IncidentHistory): Tried[] {
  const lines: Tried[] = [];
  for (const { run, judged } of judgedRuns(incident)) {
    if (judged.verdict === 'not tried') continue;
    const end = incident.timeline.find((event): event is End => isEnd(event) && event.run === run.run);
    const time = clockSince(incident.startedAt, run.startedAt);
    const line = { title: run.title, verdict: verdictWords(judged), evidence: evidence(run, end) };
    const executions = end?.execution ? [end.execution] : [];
    const same = lines.find(
      known => known.title === line.title && known.verdict === line.verdict && known.evidence === line.evidence,
    );
    if (same) {
      same.time = `${same.time}, ${time}`;
      same.executions.push(...executions);
    } else lines.push({ time, ...line, executions });
  }
  return lines;
}

/** The checks that decided. A failure lists the failed ones, and its reason where they do not contain it. */
function evidence({ reason = '', status }: Run, end: End | undefined): string {
  const checks = (end?.checks ?? []).filter(({ passed }) => status !== 'failed' || !passed);
  const isReasonTold = checks.every(check => reason.includes(checkWords(check))) && checks.length > 0;
  const results = checks.map(checkWords);
  const decided = results.length > 0 && status === 'failed' ? [`not verified: ${results.join('; ')}`] : results;
  return [...(isReasonTold || reason === '' ? [] : [reason]), ...decided].join('; ');
}

const isEnd = (event: IncidentEvent): event is End => event.type === 'StepSucceeded' || event.type === 'StepFailed';

/** A step that was not tried, and why. */
export interface NotTried {
  title: string;
  reasons: readonly string[];
}

/** The steps that were not tried, or only ran dry. */
export function notTried(incident: IncidentHistory): NotTried[] {
  const { runs, timeline } = incident;
  const ran = new Set(
    judgedRuns(incident).flatMap(({ run, judged }) => (judged.verdict === 'not tried' ? [] : run.step)),
  );
  const lines = new Map<string, NotTried>();
  const add = (title: string, reasons: readonly string[]) =>
    lines.set([title, ...reasons].join('\n'), { title, reasons });
  for (const run of runs) if (run.dryRun && !ran.has(run.step)) add(run.title, [dryRunWords(incident, run)]);
  for (const event of timeline)
    if (event.type === 'StepSkipped' && !ran.has(event.step)) add(event.title, event.reasons);
  return [...lines.values()];
}

function dryRunWords({ answers }: IncidentHistory, { step, preview, status, reason = '' }: Run): string {
  if (status === 'failed') return `its dry run failed: ${reason}`;
  if (!preview) return 'it ran dry, and changed nothing';
  const answer = answers.find(other => other.step === step && !other.approved);
  if (!answer) return 'nobody had answered whether it may be done';
  return answer.by === TIME ? 'nobody approved it in time' : `${answer.by} declined it`;
}

/** Facts that speak for the response; the review judges them. */
export function wentWell(incident: IncidentHistory): string[] {
  const { reporter, publication, startedAt } = incident;
  const detected = timesOf(incident).detect;
  return [
    ...(reporter === undefined && detected !== undefined ? [`An alarm detected it after ${span(detected)}`] : []),
    ...targets(incident).flatMap(({ target, promised, took, verdict }) =>
      verdict === 'kept' ? [`${target} as promised (${promised}): ${took}`] : [],
    ),
    ...whatHelped(incident).map(({ run, judged }) => `"${run.title}" ${verdictWords(judged)}`),
    ...(publication?.at ? [`Customers were told from ${clockSince(startedAt, publication.at)} UTC on`] : []),
  ];
}

/** Facts that speak against the response; each one is a question for the review. */
export function couldHaveGoneBetter(incident: IncidentHistory): string[] {
  const { reporter, startedAt, timeline, policy, severity } = incident;
  const at = ({ at: iso }: IncidentEvent) => `${clockSince(startedAt, iso)} UTC`;
  const hasPlan = playbooksOf(incident).some(({ plan }) => plan.length > 0);
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
    ...(policy.severities[severity].pages &&
    !timeline.some(
      event => event.type === 'Acknowledged' || (event.type === 'TargetMissed' && event.target === 'response'),
    )
      ? ['Nobody who was called acknowledged it']
      : []),
    ...tried(incident)
      .filter(({ verdict }) => /^(did not help|helped for a while|could not be run|not known)/.test(verdict))
      .map(
        ({ time, title, verdict, evidence }) =>
          `"${title}" (${time} UTC) ${verdict}${verdict.includes(': ') ? '' : `: ${evidence}`}`,
      ),
    ...ofType(incident, 'ApprovalDeclined')
      .filter(({ by }) => by === TIME)
      .map(event => `Nobody answered whether "${titleOfStep(incident.policy, event.step)}" may be done (${at(event)})`),
    ...(hasPlan ? ofType(incident, 'HandedOver') : []).map(
      event => `Automation could not end it (${at(event)}): ${event.reason}`,
    ),
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
