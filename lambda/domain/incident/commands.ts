import type { Facts, Severity } from '../kernel/severity.ts';
import type { Audience, DeliveryChannel, Target, Urgency } from './audiences.ts';
import type { Check, ChecklistItem, Event, Finding, Impact, Reference } from './events.ts';
import type { Person } from './person.ts';
import type { Policy } from './policy.ts';
import type { Assignment, Draft, MeasuredOutage, Review } from './review-records.ts';
import type { Declaration, Signal } from './signal.ts';

/** What a runbook's execution came to, as verified. */
export interface RunOutcome {
  run: string;
  execution?: string;
  /** Absent when the runbook itself failed: then `reason` says how. */
  checks?: Check[];
  reason?: string;
  /** The effect on people, as measured. */
  impact?: Impact;
  /** The runbook ended before it changed anything. */
  unchanged?: true;
  /** When the runbook ended. */
  endedAt?: string;
  /** The changes that the runbook made or may have made, in words. */
  changed?: string[];
  /** The report of a dry run for people, a line each. */
  report?: string[];
}

/** What somebody or something wants done to an incident. The id makes it idempotent: applied twice, it happened once. */
export type Command = { id: string } & (
  | { type: 'receive signal'; signal: Signal; policy: Policy; openAs?: { id: string; number: number } }
  | { type: 'observe signals'; signals: Signal[] }
  | { type: 'record diagnosis'; attempt: number; findings: Finding[] }
  | { type: 'classify'; attempt: number }
  | { type: 'next step'; attempt: number; readings: Readings }
  | { type: 'note execution'; attempt: number; run: string; execution: string }
  | { type: 'record outcome'; attempt: number; outcome: RunOutcome }
  /** An execution whose attempt is over was stopped. */
  | { type: 'record stop'; run: string; changed: readonly string[] }
  | { type: 'end response'; attempt: number; reason: string }
  | { type: 'record page'; about: number; level: number; urgency: Urgency; subject: string; to?: string }
  | ({ type: 'record reference' } & Reference)
  | { type: 'record delivery'; about: number; channel: DeliveryChannel }
  | { type: 'record outage'; outage: MeasuredOutage }
  | ({ type: 'record post-mortem' } & Draft)
  /** Measured by the watch, each minute. `before`: what it measured the minute before. */
  | ({ type: 'record measurement'; before?: ServiceMeasurement } & ServiceMeasurement)
  | { type: 'fulfil'; obligation: Obligation; checks?: Check[] }
  | ByPerson
);

/** What people may do to an incident, through whichever door. */
type ByPerson = Person &
  (
    | { type: 'acknowledge' }
    | { type: 'answer approval'; step: string; approve: boolean }
    | { type: 'take command' }
    | { type: 'note'; text: string }
    | { type: 'set severity'; severity: Severity; reason?: string }
    | ({ type: 'declare'; text?: string | undefined } & Declaration)
    | { type: 'tick'; item: ChecklistItem }
    /** The change of a step is reverted, whatever it relieves. */
    | { type: 'revert'; step: string }
    | { type: 'resolve'; reason: string; cancelled?: boolean | undefined }
    /** Customers are told from now on. */
    | { type: 'publish'; components?: string[] | undefined }
    /** They are not. */
    | { type: 'withhold' }
    /** In a person's own words. `internal`: to stakeholders alone. */
    | { type: 'post update'; text: string; internal?: boolean | undefined }
    | ({ type: 'raise action item'; action: string; text: string } & Assignment)
    | ({ type: 'change action item'; item: string } & Assignment)
    | { type: 'finish action item'; item: string }
    /** The cause is known, or the fix is in place: in a person's word, and since when. */
    | { type: 'state cause' | 'state fix'; text: string; happenedAt: string }
    /** A post-mortem is wanted of an incident for which none is owed. */
    | { type: 'request post-mortem' }
    | ({ type: 'finish post-mortem' } & Review)
  );

export type PersonCommand = { id: string } & ByPerson;

export type Decision = { events: Event[] } | { refused: string };

/** Something owed by now. Level-triggered: whatever is due is found again each minute until it is met. */
export type Obligation =
  | { type: 'escalate'; level: number }
  | { type: 'remind'; level: number }
  | { type: 'miss target'; target: Target; to?: Audience }
  | { type: 'publish' }
  | { type: 'ask to publish'; level?: number }
  | { type: 'post update'; to: Audience }
  | { type: 'remind of post-mortem' }
  | { type: 'remind of action item'; item: string }
  | { type: 'start response'; attempt: number }
  | { type: 'end stalled response'; attempt: number }
  /** `execution`: absent, its id was not noted in time. */
  | { type: 'stop execution'; run: string; execution?: string }
  | { type: 'expire approval'; step: string }
  | { type: 'ask again'; step: string; level: number }
  | { type: 'put back'; attempt: number }
  | { type: 'tell improvement'; severity: Severity }
  | { type: 'settle' };

/** How people are served, as measured at that time. */
export interface ServiceMeasurement {
  facts: Facts;
  at: string;
}

/** One automatic run, as the service's ledger remembers it. */
export interface LedgerRun {
  run: string;
  runbook: string;
  target: string;
  at: string;
}

/** Another open incident of the service, as far as it matters who may act. */
export interface OtherIncident {
  id: string;
  openedAt: string;
  symptom: boolean;
  independent: boolean;
}

/** What the guardrails are judged by. A reading that failed is `unreadable`, and stops the step. */
export interface Readings {
  /** The kill switch, and since when it has stood so: setting it anew releases a tripped budget. */
  automation: { value: 'on' | 'off'; since: string } | 'unreadable';
  /** Until when maintenance lasts; undefined when there is none. */
  maintenanceUntil: string | undefined | 'unreadable';
  /** Automatic runs of the service, all playbooks, at least as far back as the budget and the cooldown reach. */
  ledger: readonly LedgerRun[] | 'unreadable';
  /** The service's other open incidents. */
  others: readonly OtherIncident[] | 'unreadable';
}
