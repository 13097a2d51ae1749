import type { Decision, Obligation } from './commands.ts';
import { allClear, attemptUnderWay, type Incident, isOpen, owedUndos, stillChanged } from './incident.ts';
import type { EscalationLevel } from './policy.ts';
import { endResponse, notVerified } from './response.ts';
import { minutesBetween } from './time.ts';
import type { Check, Happening } from './timeline.ts';

/** Minutes after which a requested attempt that shows no sign of life is started again. */
const START_MINUTES = 2;

/** What is due by `now`. Pure: no timers, so a missed minute is made up by the next. */
export function obligations(incident: Incident, now: string): Obligation[] {
  if (!isOpen(incident)) return [];
  const levels = levelsDue(incident, now).map(({ level }): Obligation => ({ type: 'escalate', level }));
  return [...levels, ...response(incident, now), ...approval(incident, now), ...calm(incident, now)];
}

function levelsDue({ escalation, policy, severity }: Incident, now: string): EscalationLevel[] {
  if (!escalation || !policy.severities[severity].pages) return [];
  const waited = minutesBetween(escalation.since, now);
  return policy.escalation.filter(level => level.afterMinutes <= waited && level.level > escalation.level);
}

function response(incident: Incident, now: string): Obligation[] {
  const attempt = attemptUnderWay(incident);
  if (!attempt) return [];
  const silent = minutesBetween(attempt.progressAt, now);
  if (silent >= patience(incident)) return [{ type: 'end stalled response', attempt: attempt.number }];
  const started = attempt.progressAt !== attempt.requestedAt;
  return !started && silent >= START_MINUTES ? [{ type: 'start response', attempt: attempt.number }] : [];
}

/** Minutes of silence that are borne: a step that is being verified has its own time for that. */
function patience({ policy, runs }: Incident): number {
  const running = runs.find(({ status }) => status === 'running');
  const step = policy.playbook.plan.find(({ name }) => name === running?.step);
  return policy.stallMinutes + (step?.verifyMinutes ?? 0);
}

function approval({ approval }: Incident, now: string): Obligation[] {
  return approval && approval.expiresAt <= now ? [{ type: 'expire approval', step: approval.step }] : [];
}

function calm(incident: Incident, now: string): Obligation[] {
  const { calmSince, policy, attempt, handedOver } = incident;
  if (attemptUnderWay(incident) || !allClear(incident) || !calmSince) return [];
  // Handed over since, it was tried, or may not be: a person knows.
  if (owedUndos(incident).length > 0 && !(handedOver && handedOver.at >= calmSince))
    return [{ type: 'put back', attempt: (attempt?.number ?? 0) + 1 }];
  // What automation changed and could not put back is for a person to end.
  if (stillChanged(incident).length > 0) return [];
  return minutesBetween(calmSince, now) >= policy.settleMinutes ? [{ type: 'settle' }] : [];
}

/** Does what is due, if it still is. `checks` are the verification that settling needs. */
export function meet(incident: Incident, obligation: Obligation, checks: Check[], now: string): Decision {
  const due = obligations(incident, now).some(other => JSON.stringify(other) === JSON.stringify(obligation));
  if (!due) return { refused: `${obligation.type} is no longer due for ${incident.id}` };
  switch (obligation.type) {
    case 'escalate': {
      const [next] = levelsDue(incident, now);
      return next?.level === obligation.level
        ? {
            happenings: [{ type: 'Escalated', level: next.level, role: next.role, reason: unanswered(incident, next) }],
          }
        : { refused: `level ${next?.level} of ${incident.id} comes before level ${obligation.level}` };
    }
    case 'start response':
      return { happenings: [] };
    case 'end stalled response':
      return endResponse(
        incident,
        obligation.attempt,
        `no sign of life from the response for ${patience(incident)} min`,
      );
    case 'expire approval': {
      const { step } = obligation;
      const attempt = (incident.attempt?.number ?? 0) + 1;
      return {
        happenings: [
          { type: 'ApprovalDeclined', step, by: 'time' },
          { type: 'ResponseRequested', attempt, from: step },
        ],
      };
    }
    case 'put back':
      return { happenings: [{ type: 'ResponseRequested', attempt: obligation.attempt }] };
    case 'settle':
      return notVerified(checks) === undefined
        ? { happenings: [{ type: 'Resolved', by: 'automation', reason: settled(incident) }] }
        : { happenings: [{ type: 'SettlingFailed', checks }, ...unsettled(incident, checks)] };
  }
}

const unanswered = ({ acknowledged }: Incident, { afterMinutes }: EscalationLevel) =>
  acknowledged && afterMinutes === 0
    ? `the acknowledgement by ${acknowledged.by} has expired`
    : `not acknowledged for ${afterMinutes} min`;

/** Clear signals on an unhealthy service are beyond automation: a person is told, once. */
const unsettled = ({ handedOver }: Incident, checks: Check[]): Happening[] =>
  handedOver
    ? []
    : [{ type: 'HandedOver', reason: `the signals are clear but the service is not well: ${notVerified(checks)}` }];

const settled = ({ policy }: Incident) => `all signals clear and the service healthy for ${policy.settleMinutes} min`;
