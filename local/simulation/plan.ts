import type { CallFault } from 'embedded-aws';
import type { RehearsalFaults } from '../world/faults.ts';
import type { TroubleName } from './troubles.ts';

/** A world as an explicit list of events, so that each can be left out. Minutes count from the end of the warm-up. */
export interface Plan {
  /** Decides what is left to chance within the world. */
  seed: number;
  /** The moment of the deployment, an ISO 8601 time. */
  start: string;
  /** The most minutes that the world lasts. */
  minutes: number;
  /** Faults that strike for as long as the world lasts. */
  faults: Omit<RehearsalFaults, 'away'>;
  events: PlannedEvent[];
}

export type PlannedEvent = { at: number } & Deed;

export type Deed =
  /** The service suffers, and ends to when `mend` says so, or by the right remedy. */
  | { do: 'trouble'; trouble: TroubleName }
  | { do: 'mend'; trouble: TroubleName }
  /** Somebody sets an alarm of this service, the nth of all. */
  | { do: 'set alarm'; alarm: number; state: 'ALARM' | 'OK' }
  /** Alarms of another account, so many at once, each with this text. */
  | { do: 'storm'; alarms: number; text: string }
  | { do: 'drill'; alarm: number }
  | { do: 'lose metric' | 'regain metric'; metric: number }
  /** From now on, a person answers messages by this link. */
  | { do: 'answer'; to: string; link: string; after: number; text: string; once: boolean }
  /** A person acts on the nth incident that is open then. */
  | { do: 'act'; by: string; incident: number; act: Record<string, unknown> }
  | { do: 'declare'; by: string; title: string; text: string; fact?: 'dataLoss' | 'securityBreach' }
  /** The kill switch is set to a value. */
  | { do: 'switch'; value: string }
  | { do: 'start maintenance'; minutes: number; reason: string }
  | { do: 'end maintenance' }
  | { do: 'mute'; minutes: number }
  | { do: 'channel'; host: string; down: boolean }
  | { do: 'away'; service: string; minutes: number; operations?: string[] }
  /** Single calls of one caller go wrong: from the nth on, so many. */
  | ({ do: 'strike' } & CallFault)
  /** The configuration is deployed with another title, whose events are older or newer incidents' policies. */
  | { do: 'deploy policy'; title: string }
  /** A version that works is deployed by people. */
  | { do: 'deploy version' }
  /** A remedy claims to have worked from now on, and changes nothing. */
  | { do: 'pretend'; remedy: Pretence }
  | { do: 'AWS issue'; service: string; minutes: number }
  /** A request to the command function that is no act; about the nth incident of all, where it is about one. */
  | { do: 'ask'; request: Record<string, unknown>; incident?: number }
  /** A person starts a runbook in the console of Systems Manager. */
  | { do: 'start runbook'; runbook: string; parameters: Record<string, string> }
  /** A customer asks for mails and confirms, or ends them by the last mail's link. */
  | { do: 'subscribe' | 'unsubscribe'; email: string }
  /** Somebody presses a button in Slack. */
  | { do: 'press'; button: string }
  /** Somebody acts on the ticket of the first incident in PagerDuty. */
  | { do: 'ticket'; act: 'acknowledge' | 'unacknowledge' | 'escalate' | 'resolve' };

export const PRETENCES = ['sessions', 'tasks', 'deployment', 'circuit breaker'] as const;
export type Pretence = (typeof PRETENCES)[number];

/** The troubles of a plan, in order. */
export const troublesOf = ({ events }: Plan): TroubleName[] =>
  events.flatMap(event => (event.do === 'trouble' ? [event.trouble] : []));

/** The times in which services are away, as faults of the account. */
export const outagesOf = ({ events }: Plan): NonNullable<RehearsalFaults['away']> =>
  events.flatMap(event => {
    if (event.do !== 'away') return [];
    const { service, at: from, minutes, operations } = event;
    return [{ service, from, to: from + minutes, ...(operations && { operations }) }];
  });

/** The calls that go wrong, as faults of the account. */
export const strikesOf = ({ events }: Plan): CallFault[] =>
  events.flatMap(event => {
    if (event.do !== 'strike') return [];
    const { at: _, do: __, ...fault } = event;
    return [fault];
  });

/** Reads a plan that was kept. @throws when the text is none */
export function readPlan(text: string): Plan {
  const { seed, start, minutes, faults = {}, events } = JSON.parse(text) as Plan;
  const isPlan =
    Number.isInteger(seed) &&
    !Number.isNaN(Date.parse(start)) &&
    minutes > 0 &&
    Array.isArray(events) &&
    events.every(event => Number.isFinite(event.at) && typeof event.do === 'string');
  if (!isPlan) throw new Error('a plan has a seed, a start, minutes, and events, each with at and do');
  return { seed, start, minutes, faults, events };
}
