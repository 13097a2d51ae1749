import { minutesBetween } from '../../kernel/time.ts';
import { BOUNDS } from '../bounds.ts';
import type { AttemptOutcome, EventOf, Obstacle } from '../events.ts';
import { attemptUnderWay, type Incident, type Run } from '../incident.ts';
import type { ApprovalAnswer, PendingApproval } from '../records.ts';
import { unreverted } from '../reverts.ts';

/** Attempts of the automatic response: their runs, their approvals and their end. */
export function evolveResponse(
  incident: Incident,
  event: EventOf<
    | 'ResponseRequested'
    | 'StepSkipped'
    | 'StepStarted'
    | 'RunbookStarted'
    | 'ExecutionStopped'
    | 'StepSucceeded'
    | 'StepRehearsed'
    | 'StepFailed'
    | 'HarmSeen'
    | 'RevertRequested'
    | 'ApprovalRequested'
    | 'ApprovalAskedAgain'
    | 'ApprovalGiven'
    | 'ApprovalDeclined'
    | 'ResponseEnded'
    | 'HandedOver'
  >,
): Partial<Incident> {
  switch (event.type) {
    case 'ResponseRequested': {
      const { attempt: number, turn, again, from, approved, revert, at } = event;
      const playbook = event.playbook ?? incident.attempt?.playbook ?? incident.playbook;
      const beginsRound = from === undefined && !revert && !turn;
      const isAnother = revert || (turn && playbook !== incident.approval?.playbook);
      return {
        attempt: {
          ...{ number, playbook, from, approved, revert, requestedAt: at, progressAt: at, skipped: [] },
          again:
            again || (turn && incident.attempt?.again) ? (incident.attempt?.again ?? 0) + (again ? 1 : 0) : undefined,
        },
        ...(beginsRound ? { roundBegunIn: number, rounds: incident.rounds + 1, skipped: {} } : {}),
        // An attempt that only reverts, or follows another plan, does not answer an approval that is pending.
        approval: isAnother ? incident.approval : undefined,
        answered: from === undefined ? incident.answered : undefined,
        ...(revert ? {} : { troubles: withTurn(again ? withoutObstacles(incident) : incident, playbook, number) }),
      };
    }
    case 'StepSkipped': {
      const { step, title, reasons, because } = event;
      const { attempt } = incident;
      return {
        skipped: { ...incident.skipped, [step]: { reasons, because } },
        ...(attempt ? { attempt: { ...attempt, skipped: [...attempt.skipped, { step, title, reasons }] } } : {}),
      };
    }
    case 'StepStarted':
      return { runs: [...withRoomForRun(incident), startedRun(incident, event)] };
    case 'RunbookStarted':
      return { runs: changeRun(incident, event.run, { execution: event.execution }) };
    case 'ExecutionStopped':
      return {
        runs: changeRun(incident, event.run, {
          abandoned: false,
          ...(event.changed.length === 0 ? { unchanged: true } : {}),
        }),
      };
    case 'StepSucceeded':
      return {
        runs: changeRun(incident, event.run, { ...outcomeOf(event), status: 'succeeded' }),
        fixed: true,
      };
    case 'StepRehearsed':
      return { runs: changeRun(incident, event.run, { status: 'rehearsed', report: event.report }) };
    case 'StepFailed': {
      const { reason, impact, unchanged, abandoned } = event;
      // Only the effect of a runbook that ended well is checked.
      const carriedOut = event.checks.length > 0 || undefined;
      return {
        runs: changeRun(incident, event.run, {
          ...{ ...outcomeOf(event), status: 'failed', reason, impact, unchanged, carriedOut, abandoned },
        }),
        fixed: incident.fixed || impact === 'relieved' || undefined,
      };
    }
    case 'HarmSeen':
      return { runs: changeRun(incident, event.run, { impact: 'harmful' }) };
    case 'RevertRequested':
      return { runs: changeRun(incident, event.run, { revertRequestedAt: event.at }) };
    case 'ApprovalRequested':
      return {
        approval: pendingApproval(incident.attempt?.playbook ?? incident.playbook, event, {
          ...{ since: event.at, level: 1, reason: event.reason, renewed: event.renewed },
        }),
      };
    case 'ApprovalAskedAgain':
      return {
        approval: pendingApproval(incident.approval?.playbook ?? incident.playbook, event, {
          ...{ since: event.at, ...incident.approval, level: event.level },
        }),
      };
    case 'ApprovalGiven':
    case 'ApprovalDeclined':
      return {
        approval: undefined,
        answers: withAnswer(incident, event),
        ...(attemptUnderWay(incident) ? { answered: answerTo(incident, event) } : {}),
      };
    case 'ResponseEnded': {
      const { outcome, obstacle, at } = event;
      return {
        ...(incident.attempt ? { attempt: { ...incident.attempt, outcome, obstacle, endedAt: at } } : {}),
        ...(outcome === 'recovered' ? { allClearSince: at, answered: undefined } : {}),
        ...(outcome === 'spent' || outcome === 'handed over' ? { troubles: withSpent(incident, obstacle) } : {}),
        ...(GIVES_WAY.includes(outcome)
          ? {
              troubles: withTurn(
                incident,
                incident.attempt?.playbook,
                undefined,
                outcome === 'awaiting another answer',
              ),
            }
          : {}),
      };
    }
    case 'HandedOver': {
      const { at, reason } = event;
      return { handedOver: { at, reason, firstAt: incident.handedOver?.firstAt ?? at } };
    }
  }
}

function startedRun(
  { facts, objects, playbook: lead, attempt: current, runs }: Incident,
  event: EventOf<'StepStarted'>,
): Run {
  const { run, step, title, runbook, document, attempt, dryRun, preview, undoes, parameters, at: startedAt } = event;
  const playbook = runs.find(other => other.run === undoes)?.playbook ?? current?.playbook ?? lead;
  const evidence = event.guardrails.find(({ guardrail }) => guardrail === 'cause')?.reason;
  return {
    ...{
      run,
      playbook,
      step,
      title,
      runbook,
      document,
      attempt,
      dryRun,
      preview,
      undoes,
      parameters,
      facts,
      objects,
      startedAt,
    },
    evidence,
    status: 'running',
  };
}

/** The runs without the oldest that left no change, where there are too many. */
function withRoomForRun(incident: Incident): Run[] {
  const { runs } = incident;
  if (runs.length < BOUNDS.runs) return runs;
  const kept = unreverted(incident);
  const forgotten = runs.find(run => run.status !== 'running' && !kept.includes(run)) ?? runs[0];
  return runs.filter(run => run !== forgotten);
}

const outcomeOf = ({ after, endedAt, at }: EventOf<'StepSucceeded' | 'StepFailed'>) => ({
  ...{ after, endedAt, judgedAt: at },
});

const changeRun = ({ runs }: Incident, id: string, change: Partial<Run>) =>
  runs.map(run => (run.run === id ? { ...run, ...change } : run));

const pendingApproval = (
  playbook: string,
  { step, title, expiresAt, at }: EventOf<'ApprovalRequested' | 'ApprovalAskedAgain'>,
  { since, level, reason, renewed }: Pick<PendingApproval, 'since' | 'level' | 'reason' | 'renewed'>,
) => ({
  ...{ playbook, step, title, expiresAt, reason, since, askedAt: at, level },
  ...(renewed ? { renewed } : {}),
});

const answerTo = (
  { approval, playbook: lead }: Incident,
  { type, step }: EventOf<'ApprovalGiven' | 'ApprovalDeclined'>,
) => ({ playbook: approval?.playbook ?? lead, step, approved: type === 'ApprovalGiven' });

/** The plan that gives way has had no turn to its end. */
const GIVES_WAY: readonly AttemptOutcome[] = ['cause found', 'awaiting another answer'];

const withTurn = (
  { troubles }: Pick<Incident, 'troubles'>,
  playbook: string | undefined,
  turnIn: number | undefined,
  waits?: boolean,
) =>
  troubles.map(trouble =>
    trouble.playbook === playbook ? { ...trouble, turnIn, waits: waits || undefined } : trouble,
  );

/** The troubles, of which the plan of the attempt's has come to its end. */
const withSpent = ({ troubles, attempt }: Incident, obstacle: Obstacle | undefined) =>
  troubles.map(trouble =>
    trouble.playbook === attempt?.playbook ? { ...trouble, spentIn: attempt.number, obstacle } : trouble,
  );

/** The troubles, of which those whose plan was held back have not come to its end. */
const withoutObstacles = ({ troubles }: Incident) => ({
  troubles: troubles.map(trouble =>
    trouble.obstacle ? { ...trouble, spentIn: undefined, obstacle: undefined } : trouble,
  ),
});

/** The answers with this one in place of an earlier one for the same step. */
function withAnswer(
  { answers, approval }: Incident,
  { type, step, by, at }: EventOf<'ApprovalGiven' | 'ApprovalDeclined'>,
): ApprovalAnswer[] {
  const minutes = approval ? minutesBetween(approval.since, approval.expiresAt) : 0;
  const answer = { step, approved: type === 'ApprovalGiven', by, at, minutes };
  return [...answers.filter(other => other.step !== step), answer];
}
