import { type Facts, type Reason, type Severity, withService } from '../kernel/severity.ts';
import type { AppliedCommand } from './applied.ts';
import type { Audience, Target } from './audiences.ts';
import type {
  AttemptOutcome,
  ChecklistItem,
  Event,
  Finding,
  Impact,
  Obstacle,
  Reference,
  Skip,
  Status,
} from './events.ts';
import type { HeldBy } from './maintenance.ts';
import type { Person } from './person.ts';
import { type PlaybookPolicy, type Policy, playbookNamed } from './policy.ts';
import type {
  Aftermath,
  ApprovalAnswer,
  Disruption,
  Judgement,
  LastUpdate,
  PendingApproval,
  Publication,
  PublishedUpdate,
  Trouble,
} from './records.ts';
import type { Draft, MeasuredOutage, Priority } from './review-records.ts';
import type { SignalLevel, SignalState } from './signal.ts';

/** One execution of a runbook for a step of the plan. */
export interface Run {
  run: string;
  /** The playbook whose plan has the step. */
  playbook: string;
  step: string;
  title: string;
  runbook: string;
  document: string;
  attempt: number;
  dryRun: boolean;
  /** The run is a dry run before approval is requested. */
  preview?: boolean | undefined;
  undoes?: string | undefined;
  parameters: Record<string, string>;
  /** The facts when the run started. A revert restores these, whatever was measured since. */
  facts: Facts;
  objects: Record<string, string>;
  startedAt: string;
  status: 'running' | 'succeeded' | 'rehearsed' | 'failed';
  reason?: string | undefined;
  /** The measured cause that justified the run, in words. */
  evidence?: string | undefined;
  /** The measured effect on people of a run that failed: harm is reverted at once, relief stays. */
  impact?: Impact | undefined;
  /** How people were served after it, by measurement. */
  after?: Facts | undefined;
  /** When the runbook ended, and when the outcome was recorded: later, if it was verified. */
  endedAt?: string | undefined;
  judgedAt?: string | undefined;
  /** When the trouble first came back after it: a signal of its playbook fired, or people suffered again. */
  returnedAt?: string | undefined;
  /** The report of a dry run for people, one line each. */
  report?: readonly string[] | undefined;
  /** The id of the runbook's execution, once it has begun. */
  execution?: string | undefined;
  /** The run failed before it changed anything. */
  unchanged?: boolean | undefined;
  /** The run failed though its runbook did what it should: its effect was not verified. */
  carriedOut?: boolean | undefined;
  /** The attempt ended while the runbook may still be running, and nobody has stopped it. */
  abandoned?: boolean | undefined;
  /** When a person last requested the revert of this run's change. */
  revertRequestedAt?: string | undefined;
}

export interface Attempt {
  number: number;
  /** The playbook whose plan has its turn. */
  playbook: string;
  /** The step that the attempt begins with, and whether a person approved it. */
  from?: string | undefined;
  approved?: boolean | undefined;
  /** The attempt only reverts changes. */
  revert?: boolean | undefined;
  requestedAt: string;
  /** Last sign of life, by which attempts that crashed without a word are found. */
  progressAt: string;
  outcome?: AttemptOutcome | undefined;
  /** The obstacle that kept a step or a revert from being tried. */
  obstacle?: Obstacle | undefined;
  /** How often plans of this round have had another turn. */
  again?: number | undefined;
  endedAt?: string | undefined;
  /** Steps that this attempt skipped, with the reasons. */
  skipped: { step: string; title: string; reasons: string[] }[];
}

/** A follow-up for people. Fields that nobody has set are absent. */
export interface ActionItem {
  /** `A1`, `A2`, … */
  id: string;
  action: string;
  text: string;
  owner?: string | undefined;
  priority: Priority;
  dueAt: string;
  remindedAt?: string | undefined;
  done?: (Person & { at: string }) | undefined;
}

/** A signal as an incident knows it. */
export interface KnownSignal {
  playbook: string;
  state: SignalState;
  level: SignalLevel;
  summary: string;
  /** When it changed its state. */
  at: string;
  /** The changes within an hour of `since`. */
  changes: number;
  since: string;
  /** Since when it flaps, and how often it had changed when that was told. */
  flapping?: { since: string; changes: number } | undefined;
  /** The maintenance in whose scope it was when it was heard last. */
  maintenance?: HeldBy | undefined;
  /** The alarm cannot be read here, as people have been told. */
  unreadable?: true | undefined;
}

/**
 * The state of an incident: nothing but the fold of its events, and bounded however long it lives. Who needs the events
 * themselves loads the `IncidentHistory`.
 */
export interface Incident extends Aftermath {
  id: string;
  /** The number of events so far. */
  version: number;
  /** The number of commits so far: of commands that caused events. */
  commits: number;
  /** When the last event was committed. */
  changedAt: string;
  /** The commands that were applied last, by which a repeated one is recognised. */
  applied: readonly AppliedCommand[];
  number: number;
  /** At most one incident of a slot is open. */
  slot: string;
  service: string;
  /** The playbook that gives the incident its title, and its words for customers: of a cause, once one is known. */
  playbook: string;
  title: string;
  /** The troubles in the order in which they appeared. */
  troubles: readonly Trouble[];
  policy: Policy;
  status: Status;
  /** Since when it has had this status. */
  statusAt: string;
  severity: Severity;
  severityReasons: Reason[];
  /** When the severity was assessed by these reasons. */
  assessedAt?: string | undefined;
  startedAt: string;
  openedAt: string;
  /** When the incident was opened, or became real: its drill, or the maintenance that held it, has ended. */
  detectedAt: string;
  signals: Record<string, KnownSignal>;
  /** There were more signals than the incident can list. */
  unlisted?: boolean | undefined;
  facts: Facts;
  /** When each fact was measured. */
  measuredAt: Record<string, string>;
  /** Names of the objects that the diagnosis judged. */
  objects: Record<string, string>;
  /** The attempt that measured the facts. */
  diagnosedIn?: number | undefined;
  findings: Finding[];
  /** When they were found. */
  diagnosedAt?: string | undefined;
  /** The cause that is identified, in words: measured, or as a person states it. */
  cause?: string | undefined;
  /** When the severity last rose: response and resolution times count from here. */
  severityAt: string;
  /** The lesser severity by current measurements that people were told of, since the severity last rose. */
  improvedTo?: Severity | undefined;
  /**
   * The severity by automation when a person set another. Automation raises the severity again only beyond this one.
   */
  overruled?: Severity | undefined;
  /** The facts that people declared. */
  declared: Facts;
  /** The declarations in people's words. */
  declarations: readonly { by: string; text: string }[];
  /** The last report on another way to do what fails. */
  workaround?: { available: boolean; by: string; text?: string | undefined } | undefined;
  /**
   * The incident is a drill on the deployed stack: it is marked everywhere, runbooks run dry, and reports leave it out.
   */
  drill?: boolean | undefined;
  /** Everything that fires is in the scope of this maintenance: nothing is done until it ends. */
  held?: HeldBy | undefined;
  /** The person who declared the incident; absent, an alarm opened it. */
  reporter?: string | undefined;
  /** Whoever took command; by default the first to acknowledge. */
  commander?: string | undefined;
  /**
   * Since when people have been called, the highest level called so far (0: none yet), when it was called first
   * (`levelAt`), and when last.
   */
  escalation?: { since: string; level: number; levelAt?: string | undefined; calledAt: string } | undefined;
  /** The levels called so far. */
  called: readonly number[];
  /** The people who were woken, by level. */
  paged: Readonly<Record<number, readonly string[]>>;
  acknowledged?: { by: string; at: string; until: string } | undefined;
  firstAcknowledgedAt?: string | undefined;
  /** When an acknowledgement was last given or withdrawn, and the ticket last reopened, by the clock of the system where it happened. */
  answeredAt?: string | undefined;
  ticketReopenedAt?: string | undefined;
  /** The targets that were kept or missed, as the figures count them. */
  judged: readonly Judgement[];
  /** The targets that were missed and reported. */
  breached: Target[];
  /** Tickets and threads in other systems that belong to the incident. */
  references: Reference[];
  /** The items of the runbook's checklist that people ticked. */
  ticked: ChecklistItem[];
  attempt?: Attempt | undefined;
  /** The attempt that began the round, in which the plan of each trouble has one turn. */
  roundBegunIn?: number | undefined;
  /** The number of rounds so far. */
  rounds: number;
  /** Why each step was skipped when it was last skipped in this round. */
  skipped: Readonly<Record<string, { reasons: readonly string[]; because?: Skip | undefined }>>;
  runs: Run[];
  approval?: PendingApproval | undefined;
  /** An answer that came while the plan of another trouble had its turn: this one continues afterwards. */
  answered?: { playbook: string; step: string; approved: boolean } | undefined;
  /** The last answer for each step. */
  answers: readonly ApprovalAnswer[];
  /** The last hand-over, and when the first was. */
  handedOver?: { at: string; reason: string; firstAt: string } | undefined;
  actionItems: ActionItem[];
  /** The publication on the status page: requested, declined, or done. */
  publication?: Publication | undefined;
  /** The updates on the status page, oldest first. */
  publicUpdates: readonly PublishedUpdate[];
  /** The last update to each audience. */
  told: Partial<Record<Audience, LastUpdate>>;
  postMortem?:
    | (Partial<Draft> & {
        requestedAt?: string | undefined;
        remindedAt?: string | undefined;
        expectedAt?: string | undefined;
        doneAt?: string | undefined;
      })
    | undefined;
  mitigatedAt?: string | undefined;
  /** When every signal cleared for good, as far as is known. */
  clearedAt?: string | undefined;
  /** A fix is in place: a step helped, or a person ended the incident. */
  fixed?: boolean | undefined;
  /** Since when every signal has been clear: the time until auto-resolve counts from here. */
  allClearSince?: string | undefined;
  /** The incidents that were merged into this one. */
  absorbed?: readonly string[] | undefined;
  /** People were measured to suffer at some time. */
  harmed?: boolean | undefined;
  /** The times in which people were measured to suffer, oldest first. */
  disruptions: readonly Disruption[];
  /** The largest share of failing requests that was recorded. */
  worst?: { share: number; at: string } | undefined;
  /** Since when people have been served well, as far as it was measured. */
  healthySince?: string | undefined;
  /** A person has requested the resolution: changes are reverted first, then the incident is resolved. */
  resolution?: (Person & { reason: string; cancelled?: boolean | undefined }) | undefined;
  /** The figures of the incident were published as metrics. */
  figuresPublished?: boolean | undefined;
  /** The outage as the metrics show it, once they were read. */
  outage?: MeasuredOutage | undefined;
}

/** An open incident may still require people or automation to act. */
export const isOpen = ({ status }: Pick<Incident, 'status'>) => status !== 'resolved' && status !== 'closed';

/** The playbook that gives the incident its title. @throws Error when the incident was opened under a policy without it */
export function playbookOf({ policy, playbook: name }: Pick<Incident, 'policy' | 'playbook'>): PlaybookPolicy {
  const playbook = playbookNamed(policy, name);
  if (!playbook) throw new Error(`the policy of ${policy.service} has no playbook ${name}`);
  return playbook;
}

/** A question is an incident that was declared as a P4: nothing is diagnosed unless somebody raises its severity. */
export const isQuestion = ({ severity, attempt, held }: Pick<Incident, 'severity' | 'attempt' | 'held'>) =>
  severity === 'P4' && attempt === undefined && !held;

/** The signals that are firing, critical ones first. */
export const firing = (incident: Incident) =>
  Object.entries(incident.signals)
    .filter(([, { state }]) => state === 'firing')
    .sort(([, a], [, b]) => a.level.localeCompare(b.level));

/**
 * True only when every signal is known to be clear: one green alarm does not clear another's red, and unknown is not
 * clear. What maintenance has made red does not keep an incident open that is about something else.
 */
export function allClear({ signals, held }: Incident): boolean {
  const all = Object.values(signals);
  const outside = all.filter(signal => !isHeldBack(signal));
  return (held || outside.length === 0 ? all : outside).every(({ state }) => state === 'cleared');
}

/** True if the signal is not clear, and in the scope of maintenance. */
export const isHeldBack = (signal: KnownSignal | undefined): boolean =>
  signal !== undefined && signal.state !== 'cleared' && signal.maintenance !== undefined;

/** True while somebody works on it: a person who has acknowledged it, or a runbook that is not merely run dry. */
export const isWorkedOn = ({ acknowledged, runs }: Incident, now: string): boolean =>
  (acknowledged?.until ?? '') > now || runs.some(({ status, dryRun }) => status === 'running' && !dryRun);

/** The attempt that is under way, if any. */
export const attemptUnderWay = ({ attempt }: Incident) => (attempt && !attempt.outcome ? attempt : undefined);

/** The latest dry run that showed what is, or was, to be approved. */
export const previewOf = ({ runs }: Incident, step: string): Run | undefined =>
  runs.findLast(run => run.preview && run.step === step);

/** The facts that decide the severity: of the diagnosis and of declarations, and the firing signals of each level. */
export function factsOf(incident: Incident): Facts {
  const count = (level: SignalLevel) =>
    firing(incident).filter(([, signal]) => signal.level === level && !signal.maintenance).length;
  return {
    // Such a playbook is judged by its own facts, not by how well the service serves people.
    ...(playbookOf(incident).ownFacts ? withService(incident.facts, {}) : incident.facts),
    ...incident.declared,
    criticalSignals: count('critical'),
    warningSignals: count('warning'),
  };
}

/** The id of the next action item, `A1`, once these events are committed. */
export const nextItem = ({ actionItems }: Incident, events: readonly Event[] = []) =>
  `A${actionItems.length + events.filter(({ type }) => type === 'ActionItemRaised').length + 1}`;
