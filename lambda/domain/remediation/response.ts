import { checkWords } from '../incident/check-words.ts';
import type { Decision, PersonCommand, Readings, RunOutcome } from '../incident/commands.ts';
import type { Check, Event, Finding, Obstacle } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import { allClear, attemptUnderWay, firing, type Incident, previewOf } from '../incident/incident.ts';
import type { Person } from '../incident/person.ts';
import { playbookNamed, type Step } from '../incident/policy.ts';
import { redQuestion } from '../incident/red.ts';
import { mayRevertAgain, pendingReverts, urgentReverts } from '../incident/reverts.ts';
import { fires, isCause, nextTrouble } from '../incident/troubles.ts';
import { reassessSeverity } from '../intake/severity.ts';
import { nextTurn } from '../intake/signals.ts';
import { stormReason } from '../intake/storm.ts';
import { plusMinutes } from '../kernel/time.ts';
import { answerBy, changedSinceApproval } from './approval.ts';
import { cautious } from './caution.ts';
import { failedGuardrails, guardrails, isDryRun, runId, skipOf } from './guardrails.ts';
import { handOverReason } from './hand-over-reason.ts';
import { changedNothing, obstacleOf, wasNoTry } from './obstacles.ts';
import { revertReason, revertRun, revertThenEnd, unrevertedNote } from './revert.ts';
import { handOver, startStep } from './steps.ts';

/** Refuses commands of an attempt that is over: a late or repeated workflow changes nothing. */
const refusalIfOver = (incident: Incident, attempt: number): Decision | undefined =>
  attemptUnderWay(incident)?.number === attempt
    ? undefined
    : { refused: `attempt ${attempt} of ${incident.id} is over` };

export function recordDiagnosis(incident: Incident, attempt: number, findings: Finding[]): Decision {
  return refusalIfOver(incident, attempt) ?? { events: [{ type: 'DiagnosisRecorded', attempt, findings }] };
}

export function classify(incident: Incident, attempt: number): Decision {
  return refusalIfOver(incident, attempt) ?? { events: reassessSeverity(incident) };
}

/**
 * Decides what the attempt does next: it runs the first step of the plan that passes every guardrail. When the signals are
 * clear or no step is left, it reverts what must be reverted, and ends.
 */
export function nextStep(incident: Incident, attempt: number, readings: Readings, now: string): Decision {
  const refusal = refusalIfOver(incident, attempt);
  if (refusal) return refusal;
  const running = incident.runs.find(run => run.attempt === attempt && run.status === 'running');
  if (running) return { events: [] };
  if (incident.resolution) return revertThenEnd(incident, attempt, readings, now, resolution(incident, attempt));
  const [urgent] = urgentReverts(incident);
  if (urgent) return revertRun(incident, attempt, urgent, readings, now, handOver(attempt, revertReason(urgent)));
  if (allClear(incident) && !incident.drill) {
    const end: Event[] = [{ type: 'ResponseEnded', attempt, outcome: 'recovered' }];
    return revertThenEnd(incident, attempt, readings, now, end, mitigation(incident));
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
  const storm =
    incident.drill || incident.attempt?.approved || readings.others === 'unreadable'
      ? undefined
      : stormReason(incident, readings.others);
  if (storm)
    return revertThenEnd(incident, attempt, readings, now, handOver(attempt, `automation stands back: ${storm}`));
  const givesWay = giveWay(incident, attempt);
  if (givesWay) return revertThenEnd(incident, attempt, readings, now, givesWay);

  const skipped: Event[] = [];
  for (const planned of stepsLeft(incident, attempt)) {
    const step = cautious(planned, readings, now);
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
    // People answer one question after the other.
    if (needsApproval && incident.approval)
      return { events: [...skipped, { type: 'ResponseEnded', attempt, outcome: 'awaiting another answer' }] };
    const preview = needsApproval ? previewOf(incident, step.name) : undefined;
    if (needsApproval && preview?.attempt !== attempt) {
      const run = `${runId(incident, attempt, step.name)}/preview`;
      const started = startStep(incident, attempt, step, { run, dryRun: true, preview: true, guardrails: results });
      return { events: [...skipped, started] };
    }
    if (preview?.status === 'rehearsed') {
      const expiresAt = answerBy(incident, step, now);
      const { name, title, caution: reason } = step;
      const renewed = incident.attempt?.approved ? changedSinceApproval(incident, step) : undefined;
      return {
        events: [
          ...skipped,
          { type: 'ApprovalRequested', step: name, title, expiresAt, reason, ...(renewed ? { renewed } : {}) },
          { type: 'ResponseEnded', attempt, outcome: 'awaiting approval' },
        ],
      };
    }
    const why = preview ? { reasons: [`its dry run: ${preview.reason}`] } : skipOf(failed);
    skipped.push({ type: 'StepSkipped', attempt, step: step.name, title: step.title, ...why });
  }
  const turn = turnAfter(incident, attempt);
  if (incident.drill && turn.length === 0)
    return {
      events: [
        ...skipped,
        { type: 'ResponseEnded', attempt, outcome: 'recovered' },
        ...(incident.status === 'monitoring'
          ? []
          : [{ type: 'Mitigated' as const, reason: 'the drill ran its plan dry' }]),
      ],
    };
  // While another plan waits for an answer it has not come to its end, and no person is needed but for the answer.
  const obstacle = obstacleOf(incident, attempt, skipped);
  const held = obstacle ? { obstacle } : {};
  const end: Event[] =
    turn.length > 0 || incident.approval
      ? [{ type: 'ResponseEnded', attempt, outcome: 'spent', ...held }, ...turn]
      : hasNoNews(incident, attempt)
        ? [{ type: 'ResponseEnded', attempt, outcome: 'handed over', ...held }]
        : handOver(attempt, handOverReason(incident, attempt, skipped, readings), obstacle);
  return revertThenEnd(incident, attempt, readings, now, end, skipped);
}

/** True if people have the incident already, and another turn has changed nothing: they are not told the same again. */
const hasNoNews = ({ attempt: current, handedOver, runs }: Incident, attempt: number) =>
  current?.again !== undefined &&
  handedOver !== undefined &&
  runs.every(run => run.attempt !== attempt || run.dryRun || changedNothing(run));

/**
 * The end of an attempt whose plan is not to go on: its own signals are clear while others fire, or it is a symptom's and a cause
 * has appeared. A step that a person approved comes first.
 */
function giveWay(incident: Incident, attempt: number): Event[] | undefined {
  const plan = playbookOfAttempt(incident);
  const waits = incident.attempt?.approved && stepsLeft(incident, attempt)[0]?.name === incident.attempt.from;
  if (!plan || plan.plan.length === 0 || incident.drill || waits) return undefined;
  const next = nextTrouble(incident);
  if (!fires(incident, plan.name))
    return [{ type: 'ResponseEnded', attempt, outcome: 'cleared' }, ...(isCause(next) ? nextTurn(incident) : [])];
  if (isCause(plan) || !isCause(next)) return undefined;
  return [{ type: 'ResponseEnded', attempt, outcome: 'cause found' }, ...nextTurn(incident)];
}

/** The turn of the next trouble once the plan of this attempt has come to its end. */
const turnAfter = (incident: Incident, attempt: number): Event[] =>
  nextTurn({
    ...incident,
    troubles: incident.troubles.map(trouble =>
      trouble.playbook === incident.attempt?.playbook ? { ...trouble, spentIn: attempt } : trouble,
    ),
  });

const playbookOfAttempt = ({ policy, attempt }: Incident) => playbookNamed(policy, attempt?.playbook ?? '');

/** The steps of the plan that this round has not tried yet, in order, beginning with the approved one. */
export function stepsLeft(incident: Incident, attempt: number): Step[] {
  const plan = playbookOfAttempt(incident)?.plan ?? [];
  const { from, playbook } = incident.attempt ?? {};
  const { roundBegunIn = attempt } = incident;
  const tried = new Set([
    ...incident.runs
      .filter(run => run.attempt >= roundBegunIn && run.playbook === playbook && !run.preview)
      .filter(run => !wasNoTry(incident, run))
      .map(run => run.step),
    ...(incident.attempt?.skipped ?? []).map(({ step }) => step),
    ...incident.answers.flatMap(({ approved, step }) => (approved || !wasAsked(incident, step) ? [] : [step])),
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

/** True if the plan of this attempt has asked: another plan may have a step of the same name. The dry run before a question names its plan. */
const wasAsked = ({ runs, attempt }: Incident, step: string) =>
  runs.some(run => run.preview && run.step === step && run.playbook === attempt?.playbook);

function resolution({ resolution }: Incident, attempt: number): Event[] {
  const { by = '', via, reason = '', cancelled } = resolution ?? {};
  return [
    { type: 'ResponseEnded', attempt, outcome: 'resolved' },
    { type: 'Resolved', by, via, reason, cancelled },
  ];
}

/** Records nothing while people still suffer by measurement: the watch does so once that has ended. */
const mitigation = (incident: Incident): Event[] =>
  incident.status === 'monitoring' || isHarmed(incident)
    ? []
    : [{ type: 'Mitigated', reason: 'every signal cleared by itself' }];

/** A run has succeeded only if it was verified, else it has failed. A revert that failed is handed to a person at once. */
export function recordOutcome(incident: Incident, attempt: number, outcome: RunOutcome): Decision {
  const refusal = refusalIfOver(incident, attempt);
  if (refusal) return refusal;
  const run = incident.runs.find(({ run }) => run === outcome.run);
  if (run?.status !== 'running')
    return { refused: `run ${outcome.run} of ${incident.id} is ${run ? run.status : 'not known'}` };
  const { execution, reason, checks = [], impact, after, unchanged, report, endedAt } = outcome;
  if (reason === undefined && run.dryRun)
    return { events: [{ type: 'StepRehearsed', run: run.run, execution, report }] };
  const failure = reason ?? notVerified(checks);
  if (failure === undefined) {
    const mitigation: Event[] =
      !run.undoes && allClear(incident) && incident.status !== 'monitoring'
        ? [{ type: 'Mitigated', reason: run.title }]
        : [];
    return { events: [{ type: 'StepSucceeded', run: run.run, checks, execution, endedAt, after }, ...mitigation] };
  }
  const failed: Event = {
    ...{ type: 'StepFailed', run: run.run, reason: failure, checks },
    ...{ execution, impact, after, unchanged, endedAt },
  };
  if (!run.undoes) return { events: [failed] };
  const carriedOut = reason === undefined;
  const known = incident.runs.map(other => (other === run ? { ...run, status: 'failed' as const, carriedOut } : other));
  const obstacle = !incident.drill && mayRevertAgain({ runs: known }, { run: run.undoes }) ? 'passing' : undefined;
  const why = `${run.title} was ${carriedOut ? 'done, and not verified' : 'not done'}: ${failure}`;
  return { events: [failed, ...handOver(attempt, `${why}${unrevertedNote({ ...incident, runs: known })}`, obstacle)] };
}

export function noteExecution(incident: Incident, attempt: number, run: string, execution: string): Decision {
  const known = incident.runs.find(other => other.run === run)?.execution;
  return refusalIfOver(incident, attempt) ?? { events: known ? [] : [{ type: 'RunbookStarted', run, execution }] };
}

/** The checks that did not pass, in words; undefined when all did. No check at all verifies nothing. */
export function notVerified(checks: readonly Check[]): string | undefined {
  if (checks.length === 0) return 'nothing could be verified';
  const failed = checks.filter(check => !check.passed).map(checkWords);
  return failed.length > 0 ? failed.join('; ') : undefined;
}

/** The workflow crashed or stalled: a person takes over, and the reason names the changes that were not reverted. */
export function endResponse(incident: Incident, attempt: number, reason: string): Decision {
  const refusal = refusalIfOver(incident, attempt);
  if (refusal) return refusal;
  const running = incident.runs.filter(run => run.attempt === attempt && run.status === 'running');
  const obstacle: Obstacle | undefined = incident.drill ? undefined : 'passing';
  if (running.length === 0 && hasNoNews(incident, attempt))
    return { events: [{ type: 'ResponseEnded', attempt, outcome: 'handed over', obstacle }] };
  return {
    events: [
      ...running.map(({ run }) => ({ type: 'StepFailed' as const, run, reason, checks: [], abandoned: true })),
      ...handOver(attempt, `${reason}${unrevertedNote(incident)}`, obstacle),
    ],
  };
}

/**
 * A person resolves the incident. Changes are reverted first, and the request counts as an acknowledgement meanwhile. A
 * second request resolves it at once, as it stands. While alarms are red, it is asked for a confirmation.
 */
export function resolveByPerson(
  incident: Incident,
  { by, via }: Person,
  {
    reason,
    cancelled,
    whileRed,
  }: Pick<Extract<PersonCommand, { type: 'resolve' }>, 'reason' | 'cancelled' | 'whileRed'>,
  now: string,
): Decision {
  const question = whileRed ? undefined : redQuestion(incident, via, now);
  if (question) return { refused: question, confirm: 'while red' };
  if (pendingRevertsOnceResolved(incident).length === 0 || incident.resolution)
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

/** Includes changes that would stay as long as the trouble lasts. */
const pendingRevertsOnceResolved = (incident: Incident) =>
  pendingReverts({ ...incident, resolution: { by: '', reason: '' } });
