import type { Facts, Reason, Severity } from '../kernel/severity.ts';
import type { Audience, DeliveryChannel, Investigation, Target, Urgency } from './audiences.ts';
import type { Person } from './person.ts';
import type { Policy } from './policy.ts';
import type { Assignment, Draft, MeasuredOutage, Review } from './review-records.ts';
import type { SignalLevel } from './signal.ts';

/** One check of the investigation. `ok` is null when the check itself failed: that is evidence too. */
export interface Finding {
  check: string;
  ok: boolean | null;
  summary: string;
  facts: Facts;
  /** When it was looked. */
  at?: string;
  /** When a fact was measured, where that is another time than `at`. */
  times?: Record<string, string>;
  /** The things that were judged, by what they are: `suspectDeployment` is an ARN. */
  objects?: Record<string, string>;
}

/** One condition of a verification, with what was seen. */
export interface Check {
  check: string;
  passed: boolean;
  seen: string;
}

/** One guardrail's answer before a step. */
export interface GuardrailResult {
  guardrail:
    | 'kill switch'
    | 'maintenance window'
    | 'mode'
    | 'cooldown'
    | 'budget'
    | 'blast radius'
    | 'severity'
    | 'another incident'
    | 'object'
    | 'needs'
    | 'cause';
  passed: boolean;
  reason: string;
}

/** A ticket or a thread kept for the incident in another system. */
export interface Reference {
  system: 'pagerduty' | 'opsgenie' | 'slack';
  /** As that system names it. */
  ref: string;
  url?: string;
}

/** The runbook's initial response checklist (2.1). */
export type ChecklistItem = 'acknowledge' | 'ticket' | 'channel' | 'severity' | 'log' | 'stakeholders';

interface SignalSeen {
  key: string;
  level: SignalLevel;
  summary: string;
  /** When the source changed its state. */
  signalAt: string;
}

/** Why an attempt of the response ended. */
export type AttemptOutcome = 'recovered' | 'handed over' | 'awaiting approval' | 'resolved' | 'reverted';

/** Everything that can happen to an incident, in the past tense, with its data. */
export interface EventData {
  IncidentOpened: {
    id: string;
    number: number;
    service: string;
    playbook: string;
    title: string;
    policy: Policy;
    /** When the trouble began as the signal tells it: the start of every response time. */
    startedAt: string;
    drill?: boolean;
    reporter?: string;
  };
  SignalFired: SignalSeen;
  SignalCleared: SignalSeen;
  SignalLost: SignalSeen;
  /** `overrules`: set by a person, what automation judged at that moment. */
  SeverityAssigned: Person & { severity: Severity; reasons: Reason[]; overrules?: Severity };
  Escalated: { level: number; role: string; reason: string };
  /** Called once more, because nobody has answered. */
  Reminded: { level: number; role: string };
  /** `to`: of an update, who was not told in time. */
  TargetMissed: { target: Target; minutes: number; to?: Audience };
  /** `to` names the person as the configuration does; absent, it went to the whole level. */
  PageSent: { level: number; role: string; urgency: Urgency; subject: string; about: number; to?: string };
  Acknowledged: Person & { until: string };
  CommandTaken: Person;
  NoteAdded: Person & { text: string };
  /** What no alarm can know. */
  Declared: Person & { fact: 'dataLoss' | 'securityBreach'; text: string };
  /** Whether people have another way to do what fails. The last word counts. */
  WorkaroundReported: Person & { available: boolean; text?: string | undefined };
  ReferenceAdded: Reference;
  ChecklistTicked: Person & { item: ChecklistItem };
  /** In the middle of a drill the alarm fired by itself. */
  DrillBecameReal: { reason: string };
  /** `from` names the step with which the attempt begins, approved or not; absent begins with the plan's first. */
  ResponseRequested: { attempt: number; from?: string; approved?: boolean; revert?: boolean };
  DiagnosisRecorded: { attempt: number; findings: Finding[] };
  /** Measured between diagnoses, and recorded because it changes a judgement. */
  ServiceMeasured: { facts: Facts; measuredAt: string };
  /** By what is known now it would be of this severity. Only a person lowers it, and is asked to. */
  ImprovementSeen: { severity: Severity; seen: string };
  StepSkipped: { attempt: number; step: string; title: string; reasons: string[] };
  StepStarted: {
    attempt: number;
    step: string;
    title: string;
    run: string;
    runbook: string;
    document: string;
    parameters: Record<string, string>;
    dryRun: boolean;
    /** A dry run before approval is asked for: it tells what would be approved. */
    preview?: boolean;
    /** The run that this one puts back. */
    undoes?: string;
    guardrails: GuardrailResult[];
  };
  /** The execution of its runbook has begun. */
  RunbookStarted: { run: string; execution: string };
  /** `endedAt`: when its runbook ended, before it was verified. */
  StepSucceeded: { run: string; checks: Check[]; execution?: string; endedAt?: string };
  /** `report`: what would have been done, for people, a line each. */
  StepRehearsed: { run: string; execution?: string; report?: readonly string[] };
  /** `impact`: what it did to people, as measured. */
  StepFailed: {
    run: string;
    reason: string;
    checks: Check[];
    execution?: string;
    impact?: Impact;
    /** The runbook ended before it changed anything. */
    unchanged?: boolean;
    /** The attempt ended while its runbook may still run. */
    abandoned?: boolean;
  };
  /** `changed`: by the runbook, until then, in words. */
  ExecutionStopped: { run: string; title: string; changed: readonly string[] };
  /** A change that stayed does harm by now. */
  HarmSeen: { run: string; title: string; seen: string };
  RevertRequested: Person & { run: string; title: string };
  ApprovalRequested: { step: string; title: string; expiresAt: string };
  /** `level`: the highest that is asked by now. */
  ApprovalAskedAgain: { step: string; title: string; expiresAt: string; level: number };
  ApprovalGiven: Person & { step: string };
  ApprovalDeclined: Person & { step: string };
  ResponseEnded: { attempt: number; outcome: AttemptOutcome };
  HandedOver: { reason: string };
  /** What remains to be done for good, when the incident is over. `by`: absent, automation. */
  ActionItemRaised: { action: string; text: string } & Partial<Person> & Assignment;
  ActionItemChanged: Person & { item: string } & Assignment;
  ActionItemDone: Person & { item: string };
  /** Not done by its date: its owner is reminded. */
  ActionItemDue: { item: string };
  /**
   * Whether customers are to be told is for a person to say. `level`: of the escalation path, as the question climbs it;
   * absent, it is asked once, and wakes nobody.
   */
  PublicationRequested: { severity: Severity; level?: number };
  /** A person said no. */
  PublicationDeclined: Person;
  /**
   * From here on customers are told. `components`: as a person says; absent, those that the playbook affects.
   * `investigation`: of a matter that was declared and that nobody measured, in words of its own and without an outage.
   */
  Published: Person & { components?: string[]; investigation?: Investigation };
  /** How things stand, for one audience. `text`: a person's own words; absent, the template's. `nextAt`: absent, it is the last. */
  UpdatePosted: Person & { to: Audience; status: Exclude<Status, 'closed'>; text?: string; nextAt?: string };
  /** What entry `about` says has reached its audience. */
  MessageDelivered: { about: number; channel: DeliveryChannel };
  OutageMeasured: MeasuredOutage;
  /** In a person's word, and when that was. */
  CauseIdentified: Person & { text: string; happenedAt: string };
  FixDeployed: Person & { text: string; happenedAt: string };
  PostMortemDrafted: Draft;
  /** Somebody wants one of an incident for which none is owed. */
  PostMortemRequested: Person;
  /** `dueAt`: when it was due; `expectedAt`: by when it is now. */
  PostMortemOverdue: { hours: number; dueAt?: string; expectedAt?: string };
  /** The review is done. */
  PostMortemDone: Person & Review;
  Mitigated: { reason: string };
  SettlingFailed: { checks: Check[] };
  /** A person declared it over while something is still changed: that is put back first. */
  ResolutionRequested: Person & { reason: string; cancelled?: boolean };
  /** `cancelled`: it was none, and no figure counts it. */
  Resolved: Person & { reason: string; cancelled?: boolean };
}

export type EventType = keyof EventData;

/** What happened, before it is committed. */
export type Event = { [T in EventType]: { type: T } & EventData[T] }[EventType];

/** A committed line of the incident log. `seq` counts from 0; `command` is the id of what caused it. */
export type IncidentEvent = Event & { seq: number; at: string; command: string };

export type EventOf<T extends EventType> = Extract<IncidentEvent, { type: T }>;

/** Statuspage's words; `closed` follows when the review is done. */
export type Status = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'closed';

/** What a remedy did to the people whom the service serves. */
export type Impact = 'harmful' | 'relieved';
