import type { EventOf } from '../events.ts';
import type { Incident, Run } from '../incident.ts';

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
        // An attempt that only reverts does not answer an approval that is pending.
        approval: revert ? incident.approval : undefined,
      };
    }
    case 'StepSkipped': {
      const { step, title, reasons } = event;
      const attempt = incident.attempt;
      return attempt ? { attempt: { ...attempt, skipped: [...attempt.skipped, { step, title, reasons }] } } : {};
    }
    case 'StepStarted':
      return { runs: [...incident.runs, startedRun(incident, event)] };
    case 'RunbookStarted':
      return { runs: changeRun(incident, event.run, { execution: event.execution }) };
    case 'ExecutionStopped':
      return { runs: changeRun(incident, event.run, { abandoned: false }) };
    case 'StepSucceeded':
      return { runs: changeRun(incident, event.run, { status: 'succeeded' }) };
    case 'StepRehearsed':
      return { runs: changeRun(incident, event.run, { status: 'rehearsed', report: event.report }) };
    case 'StepFailed': {
      const { reason, impact, unchanged, abandoned } = event;
      return { runs: changeRun(incident, event.run, { status: 'failed', reason, impact, unchanged, abandoned }) };
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
      return { approval: undefined };
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
  const { run, step, title, runbook, attempt, dryRun, preview, undoes, parameters, at: startedAt } = event;
  return {
    ...{ run, step, title, runbook, attempt, dryRun, preview, undoes, parameters, facts, objects, startedAt },
    status: 'running',
  };
}

const changeRun = ({ runs }: Incident, id: string, change: Partial<Run>) =>
  runs.map(run => (run.run === id ? { ...run, ...change } : run));

const pendingApproval = (
  { step, title, expiresAt, at }: EventOf<'ApprovalRequested' | 'ApprovalAskedAgain'>,
  since: string,
  level: number,
) => ({ step, title, expiresAt, since, askedAt: at, level });
