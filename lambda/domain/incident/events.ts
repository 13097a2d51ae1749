import type { Facts, Reason, Severity } from '../kernel/severity.ts';
import type { Audience, DeliveryChannel, Investigation, Target, Urgency } from './audiences.ts';
import type { HeldBy } from './maintenance.ts';
import type { Person } from './person.ts';
import type { Policy } from './policy.ts';
import type { Assignment, Draft, MeasuredOutage, Review } from './review-records.ts';
import type { RedSince, SignalLevel } from './signal.ts';
import type { Occurrence, TicketChange } from './ticket.ts';

/** One check of the investigation. `ok` is null when the check itself failed, which is evidence too. */
export interface Finding {
  check: string;
  ok: boolean | null;
  summary: string;
  facts: Facts;
  /** When the check ran. */
  at?: string | undefined;
  /** When each fact was measured, where that differs from `at`. */
  times?: Record<string, string> | undefined;
  /** The judged objects by name, e.g. the ARN of `suspectDeployment`. */
  objects?: Record<string, string> | undefined;
}

/** One condition of a verification, with the observed value. */
export interface Check {
  check: string;
  passed: boolean;
  seen: string;
}

/** The answer of one guardrail before a step. */
export interface GuardrailResult {
  guardrail:
    | 'kill switch'
    | 'maintenance window'
    | 'mode'
    | 'cooldown'
    | 'budget'
    | 'blast radius'
    | 'severity'
    | 'storm'
    | 'object'
    | 'needs'
    | 'cause';
  passed: boolean;
  reason: string;
  /** Why it failed, for what follows from it. */
  because?: Skip | undefined;
}

/** A ticket or a thread in another system that belongs to the incident. */
export interface Reference {
  system: 'pagerduty' | 'opsgenie' | 'slack';
  /** The id in that system. */
  ref: string;
  url?: string | undefined;
}

/** The runbook's initial response checklist (2.1). */
export type ChecklistItem = 'acknowledge' | 'ticket' | 'channel' | 'severity' | 'log' | 'stakeholders';

interface SignalSeen {
  key: string;
  /** The playbook that answers it; absent in events of the first version, in which an incident had one. */
  playbook?: string | undefined;
  level: SignalLevel;
  summary: string;
  /** When the source changed its state. */
  signalAt: string;
  /** How often it changed while it flapped. */
  changes?: number | undefined;
  /** The maintenance in whose scope the signal is: nothing comes of it meanwhile. */
  maintenance?: HeldBy | undefined;
}

/**
 * Keeps a remedy from being tried, and passes by itself: automation is switched off or its target is in maintenance, which can
 * be read; or anything else, by whose passing nothing happens that could be read.
 */
export type Obstacle = 'held back' | 'passing';

/** Why a step was skipped, for what follows from it; absent, it stays as it is. `unknown`: a fact that a check may find next time. */
export type Skip = Obstacle | 'unknown' | 'no cause';

/** Why an attempt of the response ended. */
export type AttemptOutcome =
  | 'recovered'
  | 'handed over'
  | 'awaiting approval'
  | 'resolved'
  | 'reverted'
  /** The plan has come to its end, and another trouble's has its turn. */
  | 'spent'
  /** The signals of the plan's own playbook are clear, and others fire. */
  | 'cleared'
  /** The plan has come to a step that needs approval while another plan's is asked for. */
  | 'awaiting another answer'
  /** The plan of a symptom gives way to that of a cause. */
  | 'cause found';

/**
 * Everything that can happen to an incident, in the past tense, with its data. Names and fields are stored: they must
 * stay readable for ever.
 */
export interface EventData {
  IncidentOpened: {
    id: string;
    number: number;
    slot: string;
    service: string;
    playbook: string;
    title: string;
    policy: Policy;
    /** When the trouble began according to the signal. Every response time is counted from here. */
    startedAt: string;
    drill?: boolean | undefined;
    reporter?: string | undefined;
  };
  SignalFired: SignalSeen;
  SignalCleared: SignalSeen;
  SignalLost: SignalSeen;
  /** The signal changes again and again: its changes are counted from now on, and it counts as firing. */
  SignalFlaps: SignalSeen & { since: string; changes: number };
  /** No further signal can be listed: the watch adds the others once there is room. */
  SignalsUnlisted: { listed: number };
  /** A cause fires in the incident: its playbook gives the incident its title from now on. */
  CauseFound: { playbook: string; title: string };
  /** CloudWatch does not know these alarms in this account and region: their last events stand. */
  AlarmsUnreadable: { keys: readonly string[] };
  /** These alarms can be read again. */
  AlarmsReadable: { keys: readonly string[] };
  /** `overrules`: a person set the severity, and automation judged this one at that moment. */
  SeverityAssigned: Person & { severity: Severity; reasons: Reason[]; overrules?: Severity | undefined };
  Escalated: { level: number; role: string; reason: string };
  /** The level was called again because nobody had answered. */
  Reminded: { level: number; role: string };
  /** `to`: the audience that did not get its update in time. */
  TargetMissed: { target: Target; minutes: number; to?: Audience | undefined };
  /** `to` is the person's name in the configuration; absent, the page went to the whole level. */
  PageSent: { level: number; role: string; urgency: Urgency; subject: string; about: number; to?: string | undefined };
  Acknowledged: Person & Occurrence & { until: string };
  /** The acknowledgement holds no longer: the escalation path begins anew. */
  AcknowledgementWithdrawn: Person & Occurrence & { reason?: string | undefined };
  CommandTaken: Person;
  NoteAdded: Person & { text: string };
  /** A person declared something that no alarm can detect. */
  Declared: Person & { fact: 'dataLoss' | 'securityBreach'; text: string };
  /** People have another way to do what fails, or do not. The last report counts. */
  WorkaroundReported: Person & { available: boolean; text?: string | undefined };
  /** Takes the place of an earlier one of the same system. */
  ReferenceAdded: Reference;
  /** The incident's ticket was changed in its system. `text`: what it is now, in words of that system. */
  TicketChanged: Person & Occurrence & { change: Exclude<TicketChange, 'opened' | 'note'>; text?: string | undefined };
  ChecklistTicked: Person & { item: ChecklistItem };
  /** Everything that fires is in the scope of maintenance: nobody is woken, nothing is done, and nothing is published. */
  HeldForMaintenance: HeldBy;
  /** The incident is a real one from now on: maintenance is over and it still fires, or something outside its scope does. */
  MaintenanceEnded: { reason: string; playbook: string };
  /** The alarm fired by itself during a drill. */
  DrillBecameReal: { reason: string; playbook?: string | undefined };
  /**
   * `from` is the step with which the attempt begins, whether it was approved or not; absent, the attempt begins with
   * the plan's first step. `revert`: the attempt only reverts changes.
   */
  ResponseRequested: {
    attempt: number;
    /** Whose plan has its turn; absent, that of the attempt before. */
    playbook?: string | undefined;
    /** The round goes on with this plan; absent, a new one begins. */
    turn?: boolean | undefined;
    /** The obstacle has passed: the plans that it held back have another turn. */
    again?: boolean | undefined;
    from?: string | undefined;
    approved?: boolean | undefined;
    revert?: boolean | undefined;
  };
  DiagnosisRecorded: { attempt: number; findings: Finding[] };
  /** A measurement between diagnoses. It is recorded because it changes a judgement. */
  ServiceMeasured: { facts: Facts; measuredAt: string };
  /** By current measurements the incident is of this lesser severity. Only a person lowers it, and is asked to. */
  ImprovementSeen: { severity: Severity; seen: string };
  StepSkipped: { attempt: number; step: string; title: string; reasons: string[]; because?: Skip | undefined };
  StepStarted: {
    attempt: number;
    step: string;
    title: string;
    run: string;
    runbook: string;
    document: string;
    parameters: Record<string, string>;
    dryRun: boolean;
    /** A dry run before approval is requested: it shows what would be approved. */
    preview?: boolean | undefined;
    /** The run whose change this run reverts. */
    undoes?: string | undefined;
    guardrails: GuardrailResult[];
  };
  /** The execution of the runbook has begun. */
  RunbookStarted: { run: string; execution: string };
  /** `endedAt`: when the runbook ended, before the verification. `after`: how people were served since, by measurement. */
  StepSucceeded: {
    run: string;
    checks: Check[];
    execution?: string | undefined;
    endedAt?: string | undefined;
    after?: Facts | undefined;
  };
  /** `report`: what would have been done, for people, one line each. */
  StepRehearsed: { run: string; execution?: string | undefined; report?: readonly string[] | undefined };
  /** `impact`: the measured effect on people. */
  StepFailed: {
    run: string;
    reason: string;
    checks: Check[];
    execution?: string | undefined;
    impact?: Impact | undefined;
    after?: Facts | undefined;
    endedAt?: string | undefined;
    /** The runbook ended before it changed anything. */
    unchanged?: boolean | undefined;
    /** The attempt ended while the runbook may still be running. */
    abandoned?: boolean | undefined;
  };
  /** `changed`: the changes that the runbook made until then, in words. */
  ExecutionStopped: { run: string; title: string; changed: readonly string[] };
  /** A change that was left in place does harm now. */
  HarmSeen: { run: string; title: string; seen: string };
  RevertRequested: Person & { run: string; title: string };
  ApprovalRequested: {
    step: string;
    title: string;
    expiresAt: string;
    /** Why a step asks that would run by itself. */
    reason?: string | undefined;
    /** The change since it was approved, for which it is asked for again. */
    renewed?: string | undefined;
  };
  /** `level`: the highest level that is asked. */
  ApprovalAskedAgain: { step: string; title: string; expiresAt: string; level: number };
  ApprovalGiven: Person & { step: string };
  ApprovalDeclined: Person & { step: string };
  /** `obstacle`: what kept a remedy from being tried, and passes. */
  ResponseEnded: { attempt: number; outcome: AttemptOutcome; obstacle?: Obstacle | undefined };
  HandedOver: { reason: string };
  /** A follow-up for people. Without `by`, automation raised it. */
  ActionItemRaised: { item: string; action: string; text: string } & Partial<Person> & Assignment;
  ActionItemChanged: Person & { item: string } & Assignment;
  ActionItemDone: Person & { item: string };
  /** The item was not done by its due date: its owner is reminded. */
  ActionItemDue: { item: string };
  /**
   * A person is asked whether the incident is to be published. `level`: the level of the escalation path that the
   * question has reached; absent, it is asked once, and wakes nobody. `again`: the level was asked before.
   */
  PublicationRequested: { severity: Severity; level?: number | undefined; again?: boolean | undefined };
  /** A person declined the publication. */
  PublicationDeclined: Person;
  /**
   * The incident is published on the status page. `components`: those that a person named; absent, those that the
   * playbook affects. `investigation`: a declared matter that nothing measured; it is published in its own words and
   * without an outage.
   */
  Published: Person & { components?: string[] | undefined; investigation?: Investigation | undefined };
  /**
   * An update for one audience. `text`: a person's own words; absent, the template's. `nextAt`: when the next one is
   * due; absent, this is the last.
   */
  UpdatePosted: Person & {
    to: Audience;
    status: Exclude<Status, 'closed'>;
    text?: string | undefined;
    nextAt?: string | undefined;
  };
  /** The message about event number `about` has reached its audience. */
  MessageDelivered: { about: number; channel: DeliveryChannel };
  OutageMeasured: MeasuredOutage;
  /** The cause is known, in a person's words. `happenedAt`: since when. */
  CauseIdentified: Person & { text: string; happenedAt: string };
  FixDeployed: Person & { text: string; happenedAt: string };
  PostMortemDrafted: Draft;
  /** A person requested a post-mortem of an incident that does not require one. */
  PostMortemRequested: Person;
  /** `dueAt`: when it was due; `expectedAt`: by when it is expected now. */
  PostMortemOverdue: { hours: number; dueAt?: string | undefined; expectedAt?: string | undefined };
  /** The review is done. */
  PostMortemDone: Person & Review;
  Mitigated: { reason: string };
  SettlingFailed: { checks: Check[] };
  /** A person resolved the incident while changes were not reverted: those are reverted first. */
  ResolutionRequested: Person & { reason: string; cancelled?: boolean | undefined };
  /** The incident is over, and goes on in another one, which has this slot and number. */
  MergedInto: Person & { into: string; slot: string; number: number };
  /** Another incident has become part of this one. */
  Absorbed: Person & { id: string; title: string; severity: Severity; startedAt: string };
  /** Alarms that were red when the incident was resolved still are. `alarms`: the first of them; `count`: how many there are. */
  StillRed: { alarms: readonly RedSince[]; count: number };
  /** `cancelled`: the incident was a false alarm; reports leave it out. */
  Resolved: Person & { reason: string; cancelled?: boolean | undefined };
}

export type EventType = keyof EventData;

/** An event before it is committed. */
export type Event = { [T in EventType]: { type: T } & EventData[T] }[EventType];

/** A committed event. `seq` counts from 0; `command` is the id of the command that caused it. */
export type IncidentEvent = Event & { seq: number; at: string; command: string };

export type EventOf<T extends EventType> = Extract<IncidentEvent, { type: T }>;

/** Statuspage's words; `closed` follows when the review is done. */
export type Status = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'closed';

/** The effect of a remedy on the people whom the service serves. */
export type Impact = 'harmful' | 'relieved';
