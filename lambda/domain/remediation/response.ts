import type { Decision, Readings, RunOutcome } from '../incident/commands.ts';
import type { Check, Event, EventOf, Finding } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import {
  allClear,
  attemptUnderWay,
  firing,
  type Incident,
  pendingReverts,
  previewOf,
  type Run,
  reliefInPlace,
  urgentReverts,
} from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import type { Step } from '../incident/policy.ts';
import { reassessSeverity } from '../intake/signals.ts';
import { minutesBetween, plusMinutes } from '../kernel/time.ts';
import { answerBy, waitingTime } from './approval.ts';
import { objectsNamed } from './evidence.ts';
import { failedGuardrails, guardrails, isDryRun, isOff, runId } from './guardrails.ts';
import { revertReason, revertRun, revertThenEnd, unrevertedNote } from './revert.ts';
import { handOver, startStep } from './steps.ts';

/** Refuses commands of an attempt that is over: a late or repeated workflow changes nothing. */
const outdated = (incident: Incident, attempt: number): Decision | undefined =>
  attemptUnderWay(incident)?.number === attempt
    ? undefined
    : { refused: `attempt ${attempt} of ${incident.id} is over` };

export function recordDiagnosis(incident: Incident, attempt: number, findings: Finding[]): Decision {
  return outdated(incident, attempt) ?? { events: [{ type: 'DiagnosisRecorded', attempt, findings }] };
}

export function classify(incident: Incident, attempt: number): Decision {
  return outdated(incident, attempt) ?? { events: reassessSeverity(incident) };
}

/**
 * What the attempt does next: the first step of the plan that every guardrail lets through, or, when the signals are
 * clear or no step is left, what must be put back, and then the end.
 */
export function nextStep(incident: Incident, attempt: number, readings: Readings, now: string): Decision {
  const over = outdated(incident, attempt);
  if (over) return over;
  const running = incident.runs.find(run => run.attempt === attempt && run.status === 'running');
  if (running) return { events: [] };
  if (incident.resolution) return revertThenEnd(incident, attempt, readings, now, resolved(incident, attempt));
  const [urgent] = urgentReverts(incident);
  if (urgent) return revertRun(incident, attempt, urgent, readings, now, handOver(attempt, revertReason(urgent)));
  if (allClear(incident) && !incident.drill) {
    const end: Event[] = [{ type: 'ResponseEnded', attempt, outcome: 'recovered' }];
    return revertThenEnd(incident, attempt, readings, now, end, mitigated(incident));
  }

  if (incident.attempt?.revert) return { events: [{ type: 'ResponseEnded', attempt, outcome: 'reverted' }] };
  if (firing(incident).length === 0 && !incident.drill) {
    return revertThenEnd(
      incident,
      attempt,
      readings,
      now,
      handOver(attempt, 'the signal is unknown, and nothing is done on missing data'),
    );
  }

  const skipped: Event[] = [];
  for (const step of stepsLeft(incident, attempt)) {
    const results = guardrails(incident, step, readings, now);
    const dryRun = isDryRun(incident, step, readings);
    const failed = failedGuardrails(results, dryRun);
    if (failed.length === 0) {
      const run = runId(incident, attempt, step.name);
      return {
        events: [...skipped, startStep(incident, attempt, step, { run, dryRun, guardrails: results })],
      };
    }
    const needsApproval = step.mode === 'approve' && failed.every(({ guardrail }) => guardrail === 'mode');
    const preview = needsApproval ? previewOf(incident, step.name) : undefined;
    if (needsApproval && preview?.attempt !== attempt) {
      const run = `${runId(incident, attempt, step.name)}/preview`;
      const begun = startStep(incident, attempt, step, { run, dryRun: true, preview: true, guardrails: results });
      return { events: [...skipped, begun] };
    }
    if (preview?.status === 'rehearsed') {
      const expiresAt = answerBy(incident, step, now);
      const { name, title } = step;
      return {
        events: [
          ...skipped,
          { type: 'ApprovalRequested', step: name, title, expiresAt },
          { type: 'ResponseEnded', attempt, outcome: 'awaiting approval' },
        ],
      };
    }
    const reasons = preview
      ? [`its dry run: ${preview.reason}`]
      : failed.map(({ guardrail, reason }) => `${guardrail}: ${reason}`);
    skipped.push({ type: 'StepSkipped', attempt, step: step.name, title: step.title, reasons });
  }
  if (incident.drill)
    return {
      events: [
        ...skipped,
        { type: 'ResponseEnded', attempt, outcome: 'recovered' },
        ...(incident.status === 'monitoring'
          ? []
          : [{ type: 'Mitigated' as const, reason: 'the drill ran its plan dry' }]),
      ],
    };
  return revertThenEnd(
    incident,
    attempt,
    readings,
    now,
    handOver(attempt, exhausted(incident, attempt, skipped, readings)),
    skipped,
  );
}

/** The steps of the plan not yet tried in this attempt, in order, from the approved one on. */
export function stepsLeft(incident: Incident, attempt: number): Step[] {
  const { plan } = incident.policy.playbook;
  const from = incident.attempt?.from;
  const tried = new Set([
    ...incident.runs.filter(run => run.attempt === attempt && !run.preview).map(run => run.step),
    ...(incident.attempt?.skipped ?? []).map(s => s.step),
    ...declined(incident),
  ]);
  return plan
    .slice(
      Math.max(
        0,
        plan.findIndex(step => step.name === from),
      ),
    )
    .filter(step => !tried.has(step.name));
}

/** What was declined in a drill was not declined in earnest. */
const declined = ({ timeline }: Incident) =>
  timeline
    .slice(timeline.findLastIndex(({ type }) => type === 'DrillBecameReal') + 1)
    .flatMap(e => (e.type === 'ApprovalDeclined' ? [e.step] : []));

function resolved({ resolution }: Incident, attempt: number): Event[] {
  const { by = '', via, reason = '', cancelled } = resolution ?? {};
  return [
    { type: 'ResponseEnded', attempt, outcome: 'resolved' },
    { type: 'Resolved', by, via, reason, cancelled },
  ];
}

/** Where people still suffer by what was measured, the watch finds out when that has ended. */
const mitigated = (incident: Incident): Event[] =>
  incident.status === 'monitoring' || isHarmed(incident)
    ? []
    : [{ type: 'Mitigated', reason: 'every signal cleared by itself' }];

/** Why a person is needed: each step of the plan, since it was begun, and what became of it. */
function exhausted(incident: Incident, attempt: number, skippedNow: Event[], readings: Readings): string {
  const began = begunIn(incident, attempt);
  const ran = incident.runs.filter(run => run.attempt >= began && !run.undoes && !run.preview);
  const skipped = [
    ...(incident.attempt?.skipped ?? []),
    ...skippedNow.flatMap(s => (s.type === 'StepSkipped' ? [s] : [])),
  ];
  const words = [
    ...observed(incident, ran),
    ...ran
      .filter(({ status }) => status !== 'rehearsed')
      .map(
        ({ title, impact, reason, status }) =>
          `${title}: ${impact === 'relieved' ? 'relieved people; ' : ''}${reason ?? status}`,
      ),
    ...incident.timeline.flatMap(e => (e.type === 'ApprovalDeclined' ? [notApproved(incident, e)] : [])),
    ...skipped.map(s => `${s.title}: skipped (${s.reasons.join('; ')})`),
  ];
  const verdict = verdictOn(ran, readings);
  return words.length > 0
    ? `${verdict}. ${words.map(word => word.replace(/\.$/, '')).join('. ')}${stillRelieving(incident)}`
    : 'nothing is done by itself about this';
}

function verdictOn(ran: readonly Run[], readings: Readings): string {
  const acted = ran.filter(({ dryRun }) => !dryRun);
  if (acted.some(({ status }) => status === 'succeeded'))
    return 'the plan has done what it can, and the signals are not clear';
  if (acted.some(({ impact }) => impact === 'relieved')) return 'the plan relieved people, and did not end the trouble';
  if (acted.length > 0) return 'the plan did not help';
  if (isOff(readings)) return 'automation is switched off and changed nothing';
  return ran.length > 0 ? 'automation only observes here and changed nothing' : 'automation did nothing';
}

/** Steps that were run dry, with their evidence and their object. Only the first is certain: it might have helped. */
function observed({ timeline, policy }: Incident, ran: readonly Run[]): string[] {
  return ran
    .filter(({ status }) => status === 'rehearsed')
    .map(({ run, step, title, objects }, i) => {
      const begun = timeline.find((e): e is EventOf<'StepStarted'> => e.type === 'StepStarted' && e.run === run);
      const evidence = begun?.guardrails.find(({ guardrail }) => guardrail === 'cause')?.reason;
      const planned = policy.playbook.plan.find(({ name }) => name === step);
      const on = (planned ? objectsNamed(planned) : []).flatMap(name => objects[name]?.split('/').at(-1) ?? []);
      const because = evidence ? ` (${[evidence, ...on.map(object => `on ${object}`)].join('; ')})` : '';
      return i === 0 ? `It would have run: ${title}${because}` : `If that had not helped: ${title}${because}`;
    });
}

/** What relieves people goes on while a person looks for the cause, who must know of it. */
function stillRelieving(incident: Incident): string {
  const lasting = reliefInPlace(incident);
  return lasting.length > 0
    ? `. Stays until the signals are clear: ${lasting.map(run => `"${run.title}" (run ${run.run})`).join(', ')}`
    : '';
}

/** An answered approval goes on with the plan of the attempt that asked for it. */
function begunIn({ timeline }: Incident, attempt: number): number {
  const anew = timeline.flatMap(e => (e.type === 'ResponseRequested' && e.from === undefined ? [e.attempt] : []));
  return anew.at(-1) ?? attempt;
}

function notApproved({ policy, timeline }: Incident, { step, by, seq }: EventOf<'ApprovalDeclined'>): string {
  const title = policy.playbook.plan.find(({ name }) => name === step)?.title ?? step;
  if (by !== 'time') return `${title}: declined by ${by}`;
  const asked = timeline.slice(0, seq).findLast(e => e.type === 'ApprovalRequested');
  return `${title}: not approved within ${asked ? waitingTime(minutesBetween(asked.at, asked.expiresAt)) : 'its time'}`;
}

/** A run succeeded only if it was verified; not verified is failed. What was put back wrongly goes to a person at once. */
export function recordOutcome(incident: Incident, attempt: number, outcome: RunOutcome): Decision {
  const over = outdated(incident, attempt);
  if (over) return over;
  const run = incident.runs.find(r => r.run === outcome.run);
  if (run?.status !== 'running')
    return { refused: `run ${outcome.run} of ${incident.id} is ${run ? run.status : 'not known'}` };
  const { execution, reason, checks = [], impact, unchanged, report, endedAt } = outcome;
  if (reason === undefined && run.dryRun)
    return { events: [{ type: 'StepRehearsed', run: run.run, execution, report }] };
  const failure = reason ?? notVerified(checks);
  if (failure === undefined) {
    const mitigated: Event[] =
      !run.undoes && allClear(incident) && incident.status !== 'monitoring'
        ? [{ type: 'Mitigated', reason: run.title }]
        : [];
    return { events: [{ type: 'StepSucceeded', run: run.run, checks, execution, endedAt }, ...mitigated] };
  }
  const failed: Event = { type: 'StepFailed', run: run.run, reason: failure, checks, execution, impact, unchanged };
  return run.undoes
    ? {
        events: [failed, ...handOver(attempt, `${run.title} was not verified: ${failure}${unrevertedNote(incident)}`)],
      }
    : { events: [failed] };
}

export function noteExecution(incident: Incident, attempt: number, run: string, execution: string): Decision {
  const known = incident.runs.find(r => r.run === run)?.execution;
  return outdated(incident, attempt) ?? { events: known ? [] : [{ type: 'RunbookStarted', run, execution }] };
}

/** Which checks did not pass; undefined when all did. No check at all is no verification. */
export function notVerified(checks: readonly Check[]): string | undefined {
  if (checks.length === 0) return 'nothing could be verified';
  const failed = checks.filter(check => !check.passed).map(({ check, seen }) => `${check}: ${seen}`);
  return failed.length > 0 ? failed.join('; ') : undefined;
}

/** The workflow crashed or stalled: a person takes over, and learns what is still changed. */
export function endResponse(incident: Incident, attempt: number, reason: string): Decision {
  const over = outdated(incident, attempt);
  if (over) return over;
  const running = incident.runs.filter(run => run.attempt === attempt && run.status === 'running');
  return {
    events: [
      ...running.map(({ run }) => ({ type: 'StepFailed' as const, run, reason, checks: [], abandoned: true })),
      ...handOver(attempt, `${reason}${unrevertedNote(incident)}`),
    ],
  };
}

/**
 * A person declares it over. What is still changed is put back first, which holds as an acknowledgement meanwhile; asked
 * again, it is over as it stands.
 */
export function resolveByPerson(
  incident: Incident,
  { by, via }: Person,
  { reason, cancelled }: { reason: string; cancelled?: boolean | undefined },
  now: string,
): Decision {
  if (owedUndosOnceOver(incident).length === 0 || incident.resolution)
    return { events: [{ type: 'Resolved', by, via, reason: `${reason}${unrevertedNote(incident)}`, cancelled }] };
  const until = plusMinutes(now, incident.policy.acknowledgementMinutes);
  const requested: Event[] = [
    { type: 'Acknowledged', by, via, until },
    { type: 'ResolutionRequested', by, via, reason, cancelled },
  ];
  if (attemptUnderWay(incident)) return { events: requested };
  const attempt = (incident.attempt?.number ?? 0) + 1;
  return { events: [...requested, { type: 'ResponseRequested', attempt }] };
}

/** Also what would stay changed while the trouble lasts. */
const owedUndosOnceOver = (incident: Incident) => pendingReverts({ ...incident, resolution: { by: '', reason: '' } });
