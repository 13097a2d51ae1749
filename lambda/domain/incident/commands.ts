import type { Facts, Severity } from '../kernel/severity.ts';
import type { Audience, DeliveryChannel, Target, Urgency } from './audiences.ts';
import type { AwsIssue } from './aws-issues.ts';
import type { Check, ChecklistItem, Event, Finding, Impact, Reference } from './events.ts';
import type { Incident } from './incident.ts';
import type { Maintenance } from './maintenance.ts';
import type { Person } from './person.ts';
import type { Policy } from './policy.ts';
import type { Assignment, Draft, MeasuredOutage, Review } from './review-records.ts';
import type { Declaration, RedSince, Signal } from './signal.ts';
import type { TicketNews } from './ticket.ts';

/** The verified outcome of a runbook's execution. */
export interface RunOutcome {
  run: string;
  execution?: string | undefined;
  /** Absent when the runbook itself failed; `reason` then says how. */
  checks?: Check[] | undefined;
  reason?: string | undefined;
  /** The measured effect on people. */
  impact?: Impact | undefined;
  /** How people are served since the runbook ended, by measurement. */
  after?: Facts | undefined;
  /** The runbook ended before it changed anything. */
  unchanged?: true | undefined;
  /** When the runbook ended. */
  endedAt?: string | undefined;
  /** The changes that the runbook made or may have made, in words. */
  changed?: string[] | undefined;
  /** The report of a dry run for people, one line each. */
  report?: string[] | undefined;
}

/** A request to change an incident. Its id makes it idempotent: a command that is applied twice takes effect once. */
export type Command = { id: string } /** Signals of one slot, in the order of their arrival. */ & (
  | {
      type: 'receive signals';
      signals: Signal[];
      policy: Policy;
      openAs?: { id: string; number: number; slot: string } | undefined;
    }
  | { type: 'observe signals'; signals: Signal[] }
  /** The keys of signals whose alarms CloudWatch was asked for: those that it knows, and those that it does not. */
  | { type: 'note readable alarms'; readable: readonly string[]; unreadable: readonly string[] }
  | { type: 'record diagnosis'; attempt: number; findings: Finding[] }
  | { type: 'classify'; attempt: number }
  | { type: 'next step'; attempt: number; readings: Readings }
  | { type: 'note execution'; attempt: number; run: string; execution: string }
  | { type: 'record outcome'; attempt: number; outcome: RunOutcome }
  /** An execution whose attempt is over was stopped. */
  | { type: 'record stop'; run: string; changed: readonly string[] }
  /** `diedAt`: its execution is known to have died then, maybe while it went on with the plan of another trouble. */
  | { type: 'end response'; attempt: number; reason: string; diedAt?: string }
  | { type: 'record page'; about: number; level: number; urgency: Urgency; subject: string; to?: string | undefined }
  /** `replaces`: the reference of the same system that leads nowhere any more. */
  | ({ type: 'record reference'; replaces?: string | undefined } & Reference)
  | ({ type: 'hear of ticket' } & TicketNews)
  | { type: 'record delivery'; about: number; channel: DeliveryChannel }
  | { type: 'record outage'; outage: MeasuredOutage }
  | ({ type: 'record post-mortem' } & Draft)
  /** The watch measures once a minute. `before` is its measurement of the minute before. */
  | ({ type: 'record measurement'; before?: ServiceMeasurement } & ServiceMeasurement)
  /** The two halves of a merge: an incident takes over another, which then names it and is over. */
  | ({ type: 'absorb'; other: Incident } & Person)
  | ({ type: 'merge into'; into: { id: string; slot: string; number: number } } & Person)
  /** Alarms that were red when the incident was resolved still are. */
  | { type: 'tell still red'; red: readonly RedSince[] }
  | { type: 'fulfil'; obligation: Obligation; checks?: Check[] | undefined }
  | ByPerson
);

/** The commands that people give, from any source. */
type ByPerson = Person &
  (
    | { type: 'acknowledge' }
    /** The person cannot go on: people are called again at once. */
    | { type: 'withdraw acknowledgement'; reason?: string | undefined }
    | { type: 'answer approval'; step: string; approve: boolean }
    | { type: 'take command' }
    | { type: 'note'; text: string }
    | { type: 'set severity'; severity: Severity; reason?: string | undefined }
    | ({ type: 'declare'; text?: string | undefined } & Declaration)
    | { type: 'tick'; item: ChecklistItem }
    /** Reverts the change of a step, even if it relieves people. */
    | { type: 'revert'; step: string }
    /** `whileRed`: the person knows that alarms are red. */
    | { type: 'resolve'; reason: string; cancelled?: boolean | undefined; whileRed?: boolean | undefined }
    /** Publishes the incident on the status page. */
    | { type: 'publish'; components?: string[] | undefined }
    /** Declines the publication. */
    | { type: 'withhold' }
    /** Posts an update in the person's own words. `internal`: to stakeholders only. */
    | { type: 'post update'; text: string; internal?: boolean | undefined }
    | ({ type: 'raise action item'; action: string; text: string } & Assignment)
    | ({ type: 'change action item'; item: string } & Assignment)
    | { type: 'finish action item'; item: string }
    /** The cause is known, or the fix is in place, in a person's words, and since when. */
    | { type: 'state cause' | 'state fix'; text: string; happenedAt: string }
    /** Requests a post-mortem of an incident that does not require one. */
    | { type: 'request post-mortem' }
    | ({ type: 'finish post-mortem' } & Review)
  );

export type PersonCommand = { id: string } & ByPerson;

/** `confirm`: the same command is accepted once its question is answered. */
export type Decision = { events: Event[] } | Refusal;

export interface Refusal {
  refused: string;
  confirm?: 'while red' | undefined;
}

/** Something that is due. Obligations are level-triggered: each minute finds them again until they are fulfilled. */
export type Obligation =
  | { type: 'escalate'; level: number }
  | { type: 'remind'; level: number }
  | { type: 'miss target'; target: Target; to?: Audience | undefined }
  | { type: 'publish' }
  | { type: 'ask to publish'; level?: number | undefined }
  | { type: 'post update'; to: Audience }
  | { type: 'remind of post-mortem' }
  | { type: 'remind of action item'; item: string }
  | { type: 'start response'; attempt: number }
  | { type: 'end stalled response'; attempt: number }
  /** `execution` is absent if its id was not noted in time. */
  | { type: 'stop execution'; run: string; execution?: string | undefined }
  | { type: 'expire approval'; step: string }
  | { type: 'ask again'; step: string; level: number }
  | { type: 'put back'; attempt: number }
  | { type: 'continue plan' | 'take turn' | 'try again'; attempt: number }
  | { type: 'tell improvement'; severity: Severity }
  | { type: 'settle' };

/** How well people were served at a time. */
export interface ServiceMeasurement {
  facts: Facts;
  at: string;
}

/** One automatic run in the service's ledger. */
export interface LedgerRun {
  run: string;
  runbook: string;
  target: string;
  at: string;
}

/** A trouble of another service that the responder protects. */
export interface OtherTrouble {
  service: string;
  playbook: string;
  since: string;
}

/** The readings that the guardrails judge. A reading that failed is `unreadable`, and blocks the step. */
export interface Readings {
  /** The kill switch, and since when it has this value: setting it again releases a tripped budget. */
  automation: { value: 'on' | 'off'; since: string } | 'unreadable';
  /** The end of the window that a person has opened; undefined when there is none. */
  maintenanceUntil: string | undefined | 'unreadable';
  /** Other maintenance in force: announced, by mute rules, by suppression. */
  maintenance: readonly Maintenance[] | 'unreadable';
  /** Automatic runs of the service, of all playbooks, at least as far back as budget and cooldown reach. */
  ledger: readonly LedgerRun[] | 'unreadable';
  /** The troubles of open incidents of other services. */
  others: readonly OtherTrouble[] | 'unreadable';
  /** The open issues of AWS. Unreadable, they block no step: those that would run by themselves ask. */
  awsIssues: readonly AwsIssue[] | 'unreadable';
}
