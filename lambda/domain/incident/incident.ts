import { type Facts, type Reason, type Severity, withService } from '../kernel/severity.ts';
import type { Audience, Investigation, Target } from './audiences.ts';
import type { AttemptOutcome, ChecklistItem, Finding, Impact, IncidentEvent, Reference, Status } from './events.ts';
import type { Person } from './person.ts';
import type { Policy } from './policy.ts';
import type { Draft, MeasuredOutage, Priority } from './review-records.ts';
import type { SignalLevel, SignalState } from './signal.ts';

/** One execution of a runbook for a step of the plan. */
export interface Run {
  run: string;
  step: string;
  title: string;
  runbook: string;
  attempt: number;
  dryRun: boolean;
  /** A dry run before approval is asked for. */
  preview?: boolean;
  undoes?: string;
  parameters: Record<string, string>;
  /** What was known when it started: to this its change is put back, whatever was measured since. */
  facts: Facts;
  objects: Record<string, string>;
  startedAt: string;
  status: 'running' | 'succeeded' | 'rehearsed' | 'failed';
  reason?: string;
  /** The effect on people of a run that failed, as measured: harm is reverted at once, relief stays. */
  impact?: Impact;
  /** What a dry run would have done, for people, a line each. */
  report?: readonly string[];
  /** Of its runbook, once it has begun. */
  execution?: string;
  /** The run failed before it changed anything. */
  unchanged?: boolean;
  /** The attempt ended while the runbook may still run, and nobody has stopped that. */
  abandoned?: boolean;
  /** When a person last asked for its change to be reverted. */
  revertRequestedAt?: string;
}

export interface Attempt {
  number: number;
  /** The step it begins with, and whether a person approved that one. */
  from?: string;
  approved?: boolean;
  /** It reverts what is to be reverted, and does nothing else. */
  revert?: boolean;
  requestedAt: string;
  /** Last sign of life, for finding attempts that crashed without a word. */
  progressAt: string;
  outcome?: AttemptOutcome;
  /** Steps left out in this attempt, with the reasons. */
  skipped: { step: string; title: string; reasons: string[] }[];
}

/** What remains to be done for good. What nobody has said yet is absent. */
export interface ActionItem {
  /** `A1`, `A2`, … */
  id: string;
  action: string;
  text: string;
  owner?: string | undefined;
  priority: Priority;
  dueAt: string;
  remindedAt?: string | undefined;
  done?: Person & { at: string };
}

/** The last update to an audience. */
export interface LastUpdate {
  seq: number;
  at: string;
  status: Status;
  /** By when the next one is owed; absent, there is none to come. */
  nextAt?: string | undefined;
  delivered: boolean;
  /** Since when the audience waits for one that arrives: those that follow one that has not arrived do not hide it. */
  waitsSince: string;
  /** That it did not arrive, or the next did not come in time, was told. */
  missed: boolean;
}

export interface Publication {
  askedAt?: string;
  /** When it was asked last, and of which level of the escalation path; absent, it is asked once. */
  calledAt?: string;
  level?: number | undefined;
  declined?: { by: string; at: string };
  /** Since when customers know. */
  at?: string;
  /** As a person named them. */
  components?: string[] | undefined;
  investigation?: Investigation | undefined;
}

/** The state of an incident: nothing but the fold of its timeline. */
export interface Incident {
  id: string;
  number: number;
  service: string;
  playbook: string;
  title: string;
  policy: Policy;
  status: Status;
  severity: Severity;
  severityReasons: Reason[];
  startedAt: string;
  openedAt: string;
  signals: Record<string, { state: SignalState; level: SignalLevel; summary: string; at: string }>;
  facts: Facts;
  /** When each fact was measured. */
  measuredAt: Record<string, string>;
  /** Names of the things that the diagnosis judged. */
  objects: Record<string, string>;
  /** The attempt that measured the facts. */
  diagnosedIn?: number;
  findings: Finding[];
  /** When the severity last rose: response and resolution times count from here. */
  severityAt: string;
  /** The severity that it would have by now, of which people were told since it last rose. */
  improvedTo?: Severity;
  /** What automation judged when a person set the severity: only more than that raises it again. */
  overruled?: Severity;
  /** What people declared. */
  declared: Facts;
  /** Rehearsed on the deployed stack: marked everywhere, runbooks dry, left out of the figures. */
  drill?: boolean;
  /** Who declared it; absent, an alarm did. */
  reporter?: string;
  /** Whoever took command; by default the first to acknowledge. */
  commander?: string;
  /** Since when people are being called, the highest level called so far (0: nobody yet), and when it was called last. */
  escalation?: { since: string; level: number; calledAt: string };
  acknowledged?: { by: string; at: string; until: string };
  /** The targets that were missed, and told of. */
  breached: Target[];
  /** Tickets and threads kept for it elsewhere. */
  references: Reference[];
  /** What people ticked of the runbook's checklist. */
  ticked: ChecklistItem[];
  attempt?: Attempt;
  runs: Run[];
  /** What a person is asked, since when, and how far up, the last time when. */
  approval?: { step: string; title: string; expiresAt: string; since: string; askedAt: string; level: number };
  handedOver?: { at: string; reason: string };
  /** What remains to be done for good. */
  actionItems: ActionItem[];
  /** Whether customers may know: asked for, answered with no, or since when they do. */
  publication?: Publication;
  /** Who was told, and what last. */
  told: Partial<Record<Audience, LastUpdate>>;
  postMortem?: Partial<Draft> & { requestedAt?: string; remindedAt?: string; expectedAt?: string; doneAt?: string };
  mitigatedAt?: string;
  /** Since when all has been well: settling is counted from here. */
  allClearSince?: string;
  /** People were measured to suffer at some time. */
  harmed?: boolean;
  /** Since when people have been served well, as far as was measured. */
  healthySince?: string;
  /** A person has declared it over: what is still changed is put back, and then it is resolved. */
  resolution?: Person & { reason: string; cancelled?: boolean };
  resolvedAt?: string;
  /** As the metrics tell of it, once they were read. */
  outage?: MeasuredOutage;
  /** It was none. */
  cancelled?: boolean;
  timeline: IncidentEvent[];
}

/** What is left of a drill when it becomes real: nothing that people said or did in it. */
export const DRILL_RESET = {
  drill: false,
  declared: {},
  overruled: undefined,
  acknowledged: undefined,
  approval: undefined,
  handedOver: undefined,
  resolution: undefined,
  mitigatedAt: undefined,
  told: {},
} satisfies Partial<Incident>;

/** Open means people or automation may still have to act. */
export const isOpen = ({ status }: Pick<Incident, 'status'>) => status !== 'resolved' && status !== 'closed';

/** Declared as a P4, it asks for an answer: nothing is looked into until somebody says that it is worse. */
export const isQuestion = ({ severity, attempt, policy }: Pick<Incident, 'severity' | 'attempt' | 'policy'>) =>
  severity === 'P4' && attempt === undefined && !policy.playbook.chore;

/** The signals that are firing, the critical ones first. */
export const firing = (incident: Incident) =>
  Object.entries(incident.signals)
    .filter(([, { state }]) => state === 'firing')
    .sort(([, a], [, b]) => a.level.localeCompare(b.level));

/** True only when every signal is known to be clear: one green alarm does not clear another's red, and unknown is not clear. */
export const allClear = (incident: Incident) => Object.values(incident.signals).every(s => s.state === 'cleared');

/** The attempt that is under way, if any. */
export const attemptUnderWay = ({ attempt }: Incident) => (attempt && !attempt.outcome ? attempt : undefined);

/** The latest dry run that told what is, or was, to be approved. */
export const previewOf = ({ runs }: Incident, step: string): Run | undefined =>
  runs.findLast(run => run.preview && run.step === step);

/** The facts that severity is judged by: what the diagnosis measured, and how many signals of each level are firing. */
export function factsOf(incident: Incident): Facts {
  const count = (level: SignalLevel) => firing(incident).filter(([, s]) => s.level === level).length;
  return {
    // Trouble that is independent of the service is judged by facts of its own.
    ...(incident.policy.playbook.ownFacts ? withService(incident.facts, {}) : incident.facts),
    ...incident.declared,
    criticalSignals: count('critical'),
    warningSignals: count('warning'),
  };
}
