import { minutesBetween } from '../../kernel/time.ts';
import { BOUNDS } from '../bounds.ts';
import type { EventOf } from '../events.ts';
import type { Incident, Run } from '../incident.ts';
import type { ApprovalAnswer } from '../records.ts';
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
      const { attempt: number, from, approved, revert, at } = event;
      return {
        attempt: { number, from, approved, revert, requestedAt: at, progressAt: at, skipped: [] },
        ...(from === undefined ? { planBegunIn: number } : {}),
        // An attempt that only reverts does not answer an approval that is pending.
        approval: revert ? incident.approval : undefined,
      };
    }
    case 'StepSkipped': {
      const { step, title, reasons } = event;
      const { attempt } = incident;
      return {
        skipped: { ...incident.skipped, [step]: reasons },
        ...(attempt ? { attempt: { ...attempt, skipped: [...attempt.skipped, { step, title, reasons }] } } : {}),
      };
    }
    case 'StepStarted':
      return { runs: [...withRoomForRun(incident), startedRun(incident, event)] };
    case 'RunbookStarted':
      return { runs: changeRun(incident, event.run, { execution: event.execution }) };
    case 'ExecutionStopped':
      return { runs: changeRun(incident, event.run, { abandoned: false }) };
    case 'StepSucceeded':
      return { runs: changeRun(incident, event.run, { status: 'succeeded' }), fixed: true };
    case 'StepRehearsed':
      return { runs: changeRun(incident, event.run, { status: 'rehearsed', report: event.report }) };
    case 'StepFailed': {
      const { reason, impact, unchanged, abandoned } = event;
      return {
        runs: changeRun(incident, event.run, { status: 'failed', reason, impact, unchanged, abandoned }),
        fixed: incident.fixed || impact === 'relieved' || undefined,
      };
    }
    case 'HarmSeen':
      return { runs: changeRun(incident, event.run, { impact: 'harmful' }) };
    case 'RevertRequested':
      return { runs: changeRun(incident, event.run, { revertRequestedAt: event.at }) };
    case 'ApprovalRequested':
      return { approval: pendingApproval(event, event.at, 1) };
    case 'ApprovalAskedAgain':
      return { approval: pendingApproval(event, incident.approval?.since ?? event.at, event.level) };
    case 'ApprovalGiven':
    case 'ApprovalDeclined':
      return { approval: undefined, answers: withAnswer(incident, event) };
    case 'ResponseEnded':
      return {
        ...(incident.attempt ? { attempt: { ...incident.attempt, outcome: event.outcome } } : {}),
        ...(event.outcome === 'recovered' ? { allClearSince: event.at } : {}),
      };
    case 'HandedOver':
      return { handedOver: { at: event.at, reason: event.reason } };
  }
}

function startedRun({ facts, objects }: Incident, event: EventOf<'StepStarted'>): Run {
  const { run, step, title, runbook, document, attempt, dryRun, preview, undoes, parameters, at: startedAt } = event;
  const evidence = event.guardrails.find(({ guardrail }) => guardrail === 'cause')?.reason;
  return {
    ...{ run, step, title, runbook, document, attempt, dryRun, preview, undoes, parameters, facts, objects, startedAt },
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

const changeRun = ({ runs }: Incident, id: string, change: Partial<Run>) =>
  runs.map(run => (run.run === id ? { ...run, ...change } : run));

const pendingApproval = (
  { step, title, expiresAt, at }: EventOf<'ApprovalRequested' | 'ApprovalAskedAgain'>,
  since: string,
  level: number,
) => ({ step, title, expiresAt, since, askedAt: at, level });

/** The answers with this one in place of an earlier one for the same step. */
function withAnswer(
  { answers, approval }: Incident,
  { type, step, by, at }: EventOf<'ApprovalGiven' | 'ApprovalDeclined'>,
): ApprovalAnswer[] {
  const minutes = approval ? minutesBetween(approval.since, approval.expiresAt) : 0;
  const answer = { step, approved: type === 'ApprovalGiven', by, at, minutes };
  return [...answers.filter(other => other.step !== step), answer];
}
