import type { Obligation } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { isHarmed } from '../incident/harm.ts';
import { attemptUnderWay, type Incident } from '../incident/incident.ts';
import { playbookNamed } from '../incident/policy.ts';
import { fires, playbooksOf } from '../incident/troubles.ts';
import { nextTurn } from '../intake/signals.ts';
import { minutesBetween } from '../kernel/time.ts';

/**
 * Minutes that other signals get to follow when those of one plan are clear: the alarm of a symptom looks back that far. While
 * people suffer by measurement, only as many as it takes to measure that they do not any more.
 */
const FOLLOW_MINUTES = { healthy: 15, harmed: 3 } as const;

/** What is left to do by itself once no attempt is under way: a plan whose step was answered meanwhile goes on, and others have their turn. */
export function turnObligations(incident: Incident, now: string): Obligation[] {
  const { answered, attempt, approval } = incident;
  if (attemptUnderWay(incident)) return [];
  const number = (attempt?.number ?? 0) + 1;
  if (answered) return [{ type: 'continue plan', attempt: number }];
  if (attempt?.outcome !== 'cleared' || approval || !playbooksOf(incident).some(isLeft(incident))) return [];
  const minutes = minutesBetween(attempt.endedAt ?? '', now);
  const isDue = minutes >= FOLLOW_MINUTES[isHarmed(incident) ? 'harmed' : 'healthy'];
  return isDue ? [{ type: 'take turn', attempt: number }] : [];
}

const isLeft =
  (incident: Incident) =>
  ({ name, plan }: { name: string; plan: readonly unknown[] }) =>
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
