import { investigationOf, publicationObligations, publishedEvent } from './communication/publication.ts';
import { postUpdate, updateObligations } from './communication/updates.ts';
import { AUDIENCE_NAMES } from './incident/audiences.ts';
import type { Decision, Obligation } from './incident/commands.ts';
import type { Check, Event } from './incident/events.ts';
import { allClear, attemptUnderWay, factsOf, type Incident, isOpen, playbookOf } from './incident/incident.ts';
import { AUTOMATION, TIME } from './incident/person.ts';
import { pendingReverts, unreverted } from './incident/reverts.ts';
import type { EscalationLevel } from './incident/service-policy.ts';
import { alarmOf } from './incident/signal.ts';
import { targetsMissed } from './incident/targets.ts';
import { stepOf } from './incident/troubles.ts';
import { assess, atLeast, serviceWords } from './kernel/severity.ts';
import { minutesBetween } from './kernel/time.ts';
import { levelDue, mayCallNext, reminderDue } from './on-call/escalation.ts';
import { answerEvents, approvalObligations, askAgain } from './remediation/approval.ts';
import { tryAgain } from './remediation/obstacles.ts';
import { endResponse, notVerified } from './remediation/response.ts';
import { continuePlan, takeTurn, turnObligations } from './remediation/turns.ts';
import { postMortemOverdue, reviewObligations } from './review/review.ts';

/** Minutes after which a requested attempt without a sign of life is started again. */
const START_MINUTES = 2;

/** Minutes for which an execution is searched for whose id was not noted. No runbook takes longer. */
const SEARCH_MINUTES = 60;

/** The obligations that are due by `now`. Pure, without timers: a minute that was missed is made up for by the next. */
export function obligations(incident: Incident, now: string): Obligation[] {
  if (!isOpen(incident)) return [...executionsToStop(incident, now), ...reviewObligations(incident, now)];
  if (incident.held) return isLongClear(incident, now) ? [{ type: 'settle' }] : [];
  const level = levelDue(incident, now);
  return [
    ...(level ? [{ type: 'escalate' as const, level: level.level }] : reminderDue(incident, now)),
    ...targetsMissed(incident, now).map(target => ({ type: 'miss target' as const, target })),
    ...executionsToStop(incident, now),
    ...responseObligations(incident, now),
    ...turnObligations(incident, now),
    ...approvalObligations(incident, now),
    ...allClearObligations(incident, now),
    ...improvementDue(incident),
    ...publicationObligations(incident, now),
    ...updateObligations(incident, now),
    ...reviewObligations(incident, now),
  ];
}

function responseObligations(incident: Incident, now: string): Obligation[] {
  const attempt = attemptUnderWay(incident);
  if (!attempt) return [];
  const minutesSilent = minutesBetween(attempt.progressAt, now);
  if (minutesSilent >= minutesUntilStalled(incident))
    return [{ type: 'end stalled response', attempt: attempt.number }];
  const started = attempt.progressAt !== attempt.requestedAt;
  return !started && minutesSilent >= START_MINUTES ? [{ type: 'start response', attempt: attempt.number }] : [];
}

/** An execution without an attempt must not continue: a person may have taken over. */
const executionsToStop = ({ runs }: Incident, now: string): Obligation[] =>
  runs.flatMap(({ run, abandoned, execution, startedAt }) => {
    if (!abandoned) return [];
    if (execution) return [{ type: 'stop execution', run, execution }];
    return minutesBetween(startedAt, now) < SEARCH_MINUTES ? [{ type: 'stop execution', run }] : [];
  });

/**
 * Minutes without progress after which an attempt counts as stalled. The verification of a running step has minutes of
 * its own.
 */
function minutesUntilStalled(incident: Incident): number {
  const running = incident.runs.find(({ status }) => status === 'running');
  const step = running && stepOf(incident, running);
  return incident.policy.stallMinutes + (step?.verifyMinutes ?? 0);
}

function allClearObligations(incident: Incident, now: string): Obligation[] {
  const { allClearSince, attempt, handedOver } = incident;
  if (attemptUnderWay(incident) || !allClear(incident) || !allClearSince) return [];
  // The alarm of a drill clears at once, so people get time to answer the approval.
  if (incident.drill && incident.approval) return [];
  // After a hand-over the revert has been tried or is not allowed: a person knows.
  if (pendingReverts(incident).length > 0 && !(handedOver && handedOver.at >= allClearSince))
    return [{ type: 'put back', attempt: (attempt?.number ?? 0) + 1 }];
  // Only a person ends an incident with changes that automation could not revert.
  if (unreverted(incident).length > 0) return [];
  // Only a person ends a declared incident that nothing measures.
  if (investigationOf(incident)) return [];
  return isLongClear(incident, now) ? [{ type: 'settle' }] : [];
}

const isLongClear = (incident: Incident, now: string): boolean =>
  allClear(incident) &&
  incident.allClearSince !== undefined &&
  minutesBetween(incident.allClearSince, now) >= incident.policy.autoResolveMinutes;

/**
 * Reports that the incident would be less severe by now. Only a person may lower its severity, and is asked only if no
 * attempt is under way and not every signal is clear.
 */
function improvementDue(incident: Incident): Obligation[] {
  const { severity, improvedTo, overruled, policy } = incident;
  if (incident.drill || overruled || attemptUnderWay(incident) || allClear(incident)) return [];
  const now = assess(factsOf(incident), policy.criteria).severity;
  return atLeast(now, improvedTo ?? severity) ? [] : [{ type: 'tell improvement', severity: now }];
}

/** Fulfils an obligation if it is still due. `checks` are the verification before an auto-resolve. */
export function fulfil(incident: Incident, obligation: Obligation, checks: Check[], now: string): Decision {
  const due = obligations(incident, now).some(other => JSON.stringify(other) === JSON.stringify(obligation));
  if (!due) return { refused: `${obligation.type} is no longer due for ${incident.id}` };
  switch (obligation.type) {
    case 'escalate': {
      const next = levelDue(incident, now);
      if (!next) return { events: [] };
      return {
        events: [{ type: 'Escalated', level: next.level, role: next.role, reason: escalationReason(incident, next) }],
      };
    }
    case 'remind': {
      const { level } = obligation;
      const role = incident.policy.escalation.find(l => l.level === level)?.role ?? `level ${level}`;
      return { events: [{ type: 'Reminded', level, role }] };
    }
    case 'miss target':
      return { events: missedTargetEvents(incident, obligation, now) };
    case 'publish':
      return { events: [publishedEvent(incident, { by: AUTOMATION })] };
    case 'ask to publish': {
      const { level } = obligation;
      return {
        events: [
          {
            ...{ type: 'PublicationRequested', severity: incident.severity },
            ...(level ? { level } : {}),
            ...(incident.publication?.calledAt && incident.publication.level === level ? { again: true } : {}),
          },
        ],
      };
    }
    case 'post update':
      return { events: [postUpdate(incident, obligation.to, now)] };
    case 'remind of post-mortem':
      return { events: [postMortemOverdue(incident, now)] };
    case 'remind of action item':
      return { events: [{ type: 'ActionItemDue', item: obligation.item }] };
    case 'start response':
    // The result of a stop is recorded by a command of its own.
    case 'stop execution':
      return { events: [] };
    case 'end stalled response':
      return endResponse(
        incident,
        obligation.attempt,
        `no sign of life from the response for ${minutesUntilStalled(incident)} min`,
      );
    case 'expire approval': {
      const { step } = obligation;
      return { events: answerEvents(incident, { type: 'ApprovalDeclined', step, by: TIME }) };
    }
    case 'tell improvement':
      return {
        events: [
          { type: 'ImprovementSeen', severity: obligation.severity, seen: `now ${serviceWords(incident.facts)}` },
        ],
      };
    case 'ask again':
      return { events: askAgain(incident, obligation.level) };
    case 'continue plan':
      return { events: continuePlan(incident, obligation.attempt) };
    case 'take turn':
      return { events: takeTurn(incident) };
    case 'try again':
      return { events: tryAgain(incident) };
    case 'put back':
      return { events: [{ type: 'ResponseRequested', attempt: obligation.attempt }] };
    case 'settle':
      if (incident.held)
        return {
          events: [{ type: 'Resolved', by: AUTOMATION, reason: 'cleared within maintenance', cancelled: true }],
        };
      if (notVerified(checks) !== undefined)
        return { events: [{ type: 'SettlingFailed', checks }, ...unhealthyHandOver(incident, checks)] };
      return hasBeenHealthy(incident, now)
        ? { events: [{ type: 'Resolved', by: AUTOMATION, reason: autoResolveReason(incident, checks) }] }
        : { refused: `people have not been served well for ${incident.policy.autoResolveMinutes} min yet` };
  }
}

/**
 * A missed response target is reported to the levels called so far, because the path itself climbs. A missed resolution
 * calls one more level although somebody has taken the incident on. A missed update does too: its audience does not
 * know why it hears nothing. A level that was called only just now hears of it like all others, and has its minutes.
 */
function missedTargetEvents(
  incident: Incident,
  { target, to }: Extract<Obligation, { type: 'miss target' }>,
  now: string,
): Event[] {
  const { policy, severity, escalation, called } = incident;
  const { responseMinutes, resolutionMinutes = 0, pages } = policy.severities[severity];
  const minutes = { response: responseMinutes, resolution: resolutionMinutes, update: policy.updateMinutes }[target];
  const missedTarget: Event = { type: 'TargetMissed', target, minutes, ...(to ? { to } : {}) };
  if (target === 'response' || !pages || !escalation || !mayCallNext(incident, now)) return [missedTarget];
  const highestLevelCalled = Math.max(0, ...called);
  const next = policy.escalation.find(({ level }) => level === highestLevelCalled + 1);
  const reason = to ? `the update to ${AUDIENCE_NAMES[to]} has not gone out` : `not resolved for ${minutes} min`;
  return next ? [missedTarget, { type: 'Escalated', level: next.level, role: next.role, reason }] : [missedTarget];
}

const escalationReason = ({ acknowledged }: Incident, { afterMinutes }: EscalationLevel) =>
  acknowledged && afterMinutes === 0
    ? `the acknowledgement by ${acknowledged.by} has expired`
    : `not acknowledged for ${afterMinutes} min`;

/** Automation cannot end an incident whose signals are clear while the service is unhealthy: it hands over once. */
const unhealthyHandOver = ({ handedOver }: Incident, checks: Check[]): Event[] =>
  handedOver
    ? []
    : [{ type: 'HandedOver', reason: `the signals are clear but the service is not well: ${notVerified(checks)}` }];

/** True if people have been served well for the whole time, not only at its end. */
const hasBeenHealthy = (incident: Incident, now: string) =>
  playbookOf(incident).ownFacts ||
  (incident.healthySince !== undefined &&
    minutesBetween(incident.healthySince, now) >= incident.policy.autoResolveMinutes);

const autoResolveReason = ({ policy }: Incident, checks: Check[]) =>
  [
    `all signals clear and the service healthy for ${policy.autoResolveMinutes} min`,
    ...checks.flatMap(({ check, seen }) => (alarmOf(check) ? [] : [`${check}: ${seen}`])),
  ].join('; ');
