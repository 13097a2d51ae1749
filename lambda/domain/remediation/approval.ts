import type { Obligation } from '../incident/commands.ts';
import type { Event } from '../incident/events.ts';
import { attemptUnderWay, type Incident, type Run } from '../incident/incident.ts';
import type { Step } from '../incident/policy.ts';
import { minutesBetween, plusMinutes } from '../kernel/time.ts';

const DAY = 24 * 60;

/**
 * The time until which an answer is valid: minutes in an outage, days where the diagnosis measured that there are days.
 */
export function answerBy({ policy, facts, drill }: Incident, { approvalWaits }: Step, now: string): string {
  const days = approvalWaits && !drill ? (facts[approvalWaits.fact] ?? 0) - approvalWaits.overDays : 0;
  return plusMinutes(now, Math.max(policy.approvalMinutes, Math.floor(days * DAY)));
}

/** How long the answer was awaited: "30 min", "13 days". */
export const waitingTime = (minutes: number) =>
  minutes < 2 * DAY ? `${Math.round(minutes)} min` : `${Math.floor(minutes / DAY)} days`;

/**
 * The object that an approved step would act on by now, in the place of the one that its dry run showed; undefined where it is the same.
 * An approval is for what people were shown, and the diagnosis that follows it may judge another node, deployment or version.
 */
export function changedSinceApproval(
  { attempt, runs, objects }: Incident,
  { name, parameters }: Pick<Step, 'name' | 'parameters'>,
): string | undefined {
  const isShown = (run: Run) =>
    run.preview && run.step === name && run.playbook === attempt?.playbook && run.attempt < attempt.number;
  const shown = runs.findLast(isShown)?.objects;
  if (!shown) return undefined;
  const changed = Object.values(parameters).flatMap(value => {
    if (typeof value === 'string' || !('object' in value)) return [];
    const [was, is] = [shown[value.object], objects[value.object]];
    return was === is ? [] : `it would act on ${objectWords(is)} by now, not on ${objectWords(was)}`;
  });
  return changed.length > 0 ? changed.join(', and ') : undefined;
}

/** An object by its name, without the rest of its ARN. */
const objectWords = (object = 'something unknown') => object.replaceAll(/arn:[^,]*\//g, '');

/** An approval that has more than a day wakes nobody. */
export const canWait = ({ at, expiresAt }: { at: string; expiresAt: string }) => minutesBetween(at, expiresAt) > DAY;

/** The events of an answer: the plan goes on at once, or after the attempt that works on another one. */
export function answerEvents(
  incident: Incident,
  answer: Event & { type: 'ApprovalGiven' | 'ApprovalDeclined' },
): Event[] {
  if (attemptUnderWay(incident)) return [answer];
  const { approval, attempt, playbook: lead } = incident;
  const { type, step } = answer;
  const request: Event = {
    ...{ type: 'ResponseRequested', attempt: (attempt?.number ?? 0) + 1, playbook: approval?.playbook ?? lead },
    ...{ from: step, approved: type === 'ApprovalGiven' },
  };
  return [answer, request];
}

/**
 * An approval expires without an answer, which means no. Until then it is requested again each day, one level further
 * up.
 */
export function approvalObligations({ approval, policy, drill }: Incident, now: string): Obligation[] {
  if (!approval) return [];
  const { step, expiresAt, askedAt, level } = approval;
  if (expiresAt <= now) return [{ type: 'expire approval', step }];
  if (drill || minutesBetween(askedAt, now) < DAY) return [];
  return [{ type: 'ask again', step, level: Math.min(level + 1, policy.escalation.length) }];
}

export function askAgain({ approval }: Incident, level: number): Event[] {
  if (!approval) return [];
  const { step, title, expiresAt } = approval;
  return [{ type: 'ApprovalAskedAgain', step, title, expiresAt, level }];
}
