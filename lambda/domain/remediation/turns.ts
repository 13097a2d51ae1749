import type { Obligation } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import { type Attempt, attemptUnderWay, type Incident } from '../incident/incident.ts';
import { type PlaybookPolicy, playbookNamed } from '../incident/policy.ts';
import { awaitsTurn, fires, isCause, nextTrouble, playbooksOf } from '../incident/troubles.ts';
import { nextTurn } from '../intake/signals.ts';
import { isStormHandedOver } from '../intake/storm.ts';
import { minutesBetween } from '../kernel/time.ts';
import { heldBackTroubles } from './obstacles.ts';

/**
 * Minutes that other signals get to follow when those of one plan are clear: the alarm of a symptom looks back that far. While
 * people suffer by measurement, only as many as it takes to measure that they do not any more.
 */
const FOLLOW_MINUTES = { healthy: 15, harmed: 3 } as const;

/**
 * What is left to do by itself once no attempt is under way: a plan whose step was answered meanwhile goes on, and the others
 * have their turn.
 */
export function turnObligations(incident: Incident, now: string): Obligation[] {
  const { answered, attempt, resolution } = incident;
  if (!attempt || attemptUnderWay(incident) || resolution || incident.drill || isStormHandedOver(incident)) return [];
  const number = attempt.number + 1;
  if (answered) return [{ type: 'continue plan', attempt: number }];
  if (isTurnDue(incident, attempt, now)) return [{ type: 'take turn', attempt: number }];
  return heldBackTroubles(incident, now).length > 0 ? [{ type: 'try again', attempt: number }] : [];
}

function isTurnDue(incident: Incident, { outcome, endedAt = '' }: Attempt, now: string): boolean {
  const left = playbooksOf(incident).filter(isLeft(incident));
  const waiting = left.filter(({ name }) => awaitsTurn(incident, name));
  const hasNext = nextTrouble(incident) !== undefined;
  if (hasNext && (waiting.some(isCause) || (waiting.length > 0 && outcome !== 'cleared'))) return true;
  if (outcome !== 'cleared' || left.length === 0 || incident.approval) return false;
  // People are told once that no plan is left.
  if (!hasNext && (incident.handedOver?.at ?? '') >= endedAt) return false;
  return minutesBetween(endedAt, now) >= FOLLOW_MINUTES[isHarmed(incident) ? 'harmed' : 'healthy'];
}

/** A trouble that has a plan and still fires. */
const isLeft =
  (incident: Incident) =>
  ({ name, plan }: PlaybookPolicy) =>
    plan.length > 0 && fires(incident, name);

/** The plan that was interrupted goes on with the step that a person, or time, has answered for. */
export function continuePlan({ answered }: Incident, attempt: number): Event[] {
  if (!answered) return [];
  const { playbook, step: from, approved } = answered;
  return [{ type: 'ResponseRequested', attempt, playbook, turn: true, from, approved }];
}

/** The next plan has its turn; when all have had theirs, a person is needed. */
export function takeTurn(incident: Incident): Event[] {
  const turn = nextTurn(incident);
  if (turn.length > 0) return turn;
  const titles = playbooksOf(incident)
    .filter(isLeft(incident))
    .map(({ title }) => title);
  const cleared = playbookNamed(incident.policy, incident.attempt?.playbook ?? '')?.title;
  return [{ type: 'HandedOver', reason: `${cleared} has cleared, and this has not: ${titles.join(', ')}` }];
}
