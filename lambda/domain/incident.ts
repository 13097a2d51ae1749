import type { Policy, Undo } from './policy.ts';
import type { Facts, Reason, Severity } from './severity.ts';
import type { SignalLevel, SignalState } from './signal.ts';
import type { AttemptOutcome, EntryOf, EntryType, Finding, TimelineEntry } from './timeline.ts';

/** Statuspage's words; `closed` follows when the review is done. */
export type Status = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'closed';

/** One execution of a runbook for a step of the plan. */
export interface Run {
  run: string;
  step: string;
  title: string;
  runbook: string;
  attempt: number;
  dryRun: boolean;
  undoes?: string;
  parameters: Record<string, string>;
  /** What was known when it started: to this its change is put back, whatever was measured since. */
  facts: Facts;
  startedAt: string;
  status: 'running' | 'succeeded' | 'rehearsed' | 'failed';
  reason?: string;
  /** It failed and did harm. */
  worse?: boolean;
}

export interface Attempt {
  number: number;
  /** The step it begins with, and whether a person approved that one. */
  from?: string;
  approved?: boolean;
  requestedAt: string;
  /** Last sign of life, for finding attempts that crashed without a word. */
  progressAt: string;
  outcome?: AttemptOutcome;
  /** Steps left out in this attempt, with the reasons. */
  skipped: { step: string; title: string; reasons: string[] }[];
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
  findings: Finding[];
  /** Since when people are being called, and the highest level called so far (0: nobody yet). */
  escalation?: { since: string; level: number };
  acknowledged?: { by: string; at: string; until: string };
  attempt?: Attempt;
  runs: Run[];
  approval?: { step: string; title: string; expiresAt: string };
  handedOver?: { at: string; reason: string };
  /** What remains to be done for good. */
  actionItems: { action: string; text: string }[];
  mitigatedAt?: string;
  /** Since when all has been well: settling is counted from here. */
  calmSince?: string;
  /** A person has declared it over: what is still changed is put back, and then it is resolved. */
  resolution?: { by: string; reason: string };
  resolvedAt?: string;
  timeline: TimelineEntry[];
}

/** Open means people or automation may still have to act. */
export const isOpen = ({ status }: Pick<Incident, 'status'>) => status !== 'resolved' && status !== 'closed';

/** The signals that are firing, the critical ones first. */
export const firing = (incident: Incident) =>
  Object.entries(incident.signals)
    .filter(([, { state }]) => state === 'firing')
    .sort(([, a], [, b]) => a.level.localeCompare(b.level));

/** True only when every signal is known to be clear: one green alarm does not clear another's red, and unknown is not clear. */
export const allClear = (incident: Incident) => Object.values(incident.signals).every(s => s.state === 'cleared');

/** The attempt that is under way, if any. */
export const attemptUnderWay = ({ attempt }: Incident) => (attempt && !attempt.outcome ? attempt : undefined);

/** Runs that changed something that can be put back, the latest first. One that failed may have changed it all the same. */
function changes({ runs, policy }: Incident): { run: Run; when: NonNullable<Undo['when']> }[] {
  const of = (run: Run) => policy.playbook.plan.find(step => step.name === run.step)?.undo;
  return runs
    .filter(run => !run.dryRun && !run.undoes)
    .flatMap(run => {
      const undo = of(run);
      return undo ? [{ run, when: undo.when ?? 'ended' }] : [];
    })
    .reverse();
}

/** Changes to be put back now that nobody has tried to put back yet. */
export const owedUndos = (incident: Incident): Run[] =>
  changes(incident)
    .filter(({ run, when }) => run.worse || isDue(incident, run, when))
    .map(({ run }) => run)
    .filter(({ run }) => !incident.runs.some(other => other.undoes === run));

function isDue(incident: Incident, run: Run, when: Undo['when']): boolean {
  if (when === 'worse') return false;
  if (when === 'failed') return run.status === 'failed';
  return when === 'ended' || allClear(incident) || incident.resolution !== undefined;
}

/** Whether a change is to be put back one day, or may stay. */
function mustGo(run: Run, when: Undo['when']): boolean {
  if (when === 'worse') return run.worse ?? false;
  return when !== 'failed' || run.status === 'failed';
}

/** Changes not verified as put back, of those that may not stay. */
export const stillChanged = (incident: Incident): Run[] =>
  changes(incident)
    .filter(({ run, when }) => mustGo(run, when))
    .map(({ run }) => run)
    .filter(({ run }) => !incident.runs.some(other => other.undoes === run && other.status === 'succeeded'));

/** The facts that severity is judged by: what the diagnosis measured, and how many signals of each level are firing. */
export function factsOf(incident: Incident): Facts {
  const count = (level: SignalLevel) => firing(incident).filter(([, s]) => s.level === level).length;
  return { ...incident.facts, criticalSignals: count('critical'), warningSignals: count('warning') };
}

/** What only a living attempt commits. Pages and signals go on without it and are no sign of its life. */
const RESPONSE_ENTRIES: ReadonlySet<EntryType> = new Set([
  'DiagnosisRecorded',
  'StepSkipped',
  'StepStarted',
  'StepSucceeded',
  'StepRehearsed',
  'StepFailed',
]);

/** Folds one entry into the state. Pure; the first entry of a timeline must be `IncidentOpened`. */
export function apply(incident: Incident | undefined, entry: TimelineEntry): Incident {
  if (entry.type === 'IncidentOpened') {
    if (incident) throw new Error(`incident ${incident.id}: a second IncidentOpened at entry ${entry.seq}`);
    return open(entry);
  }
  if (!incident) throw new Error(`the timeline begins with ${entry.type}, not IncidentOpened`);
  const next: Incident = { ...incident, timeline: [...incident.timeline, entry] };
  if (next.attempt && RESPONSE_ENTRIES.has(entry.type)) next.attempt = { ...next.attempt, progressAt: entry.at };
  return { ...next, ...change(next, entry) };
}

/** State equals the fold of the timeline. */
export function fold(timeline: readonly TimelineEntry[]): Incident {
  const incident = timeline.reduce<Incident | undefined>(apply, undefined);
  if (!incident) throw new Error('an empty timeline is no incident');
  return incident;
}

function open(entry: EntryOf<'IncidentOpened'>): Incident {
  const { id, number, service, playbook, title, policy, startedAt, at } = entry;
  return {
    ...{ id, number, service, playbook, title, policy, startedAt },
    status: 'investigating',
    severity: 'P4',
    severityReasons: [],
    openedAt: at,
    signals: {},
    facts: {},
    findings: [],
    runs: [],
    actionItems: [],
    timeline: [entry],
  };
}

function change(incident: Incident, entry: Exclude<TimelineEntry, EntryOf<'IncidentOpened'>>): Partial<Incident> {
  switch (entry.type) {
    case 'SignalFired':
      return { ...signal(incident, entry, 'firing'), status: worsen(incident), calmSince: undefined };
    case 'SignalLost':
      return { ...signal(incident, entry, 'unknown'), calmSince: undefined };
    case 'SignalCleared': {
      const cleared = { ...incident, ...signal(incident, entry, 'cleared') };
      return allClear(cleared) ? { ...cleared, calmSince: incident.calmSince ?? entry.at } : cleared;
    }
    case 'SeverityAssigned':
      return {
        severity: entry.severity,
        severityReasons: entry.reasons,
        ...(incident.policy.severities[entry.severity].pages && !incident.escalation
          ? { escalation: { since: entry.at, level: 0 } }
          : {}),
      };
    case 'Escalated': {
      const since = incident.escalation?.since ?? entry.at;
      // A call while an acknowledgement holds is no rung of the path that begins when it expires.
      return { escalation: { since, level: since > entry.at ? 0 : entry.level } };
    }
    case 'Acknowledged':
      return {
        acknowledged: { by: entry.by, at: entry.at, until: entry.until },
        ...(incident.escalation ? { escalation: { since: entry.until, level: 0 } } : {}),
      };
    case 'ResponseRequested': {
      const { attempt: number, from, approved, at } = entry;
      return { attempt: { number, from, approved, requestedAt: at, progressAt: at, skipped: [] }, approval: undefined };
    }
    case 'DiagnosisRecorded':
      return {
        findings: entry.findings,
        facts: Object.assign({}, ...entry.findings.map(f => f.facts)),
        status: incident.status === 'investigating' ? 'identified' : incident.status,
      };
    case 'StepSkipped': {
      const { step, title, reasons } = entry;
      const attempt = incident.attempt;
      return attempt ? { attempt: { ...attempt, skipped: [...attempt.skipped, { step, title, reasons }] } } : {};
    }
    case 'StepStarted': {
      const { run, step, title, runbook, attempt, dryRun, undoes, parameters, at: startedAt } = entry;
      const started: Run = {
        run,
        step,
        title,
        runbook,
        attempt,
        dryRun,
        undoes,
        parameters,
        facts: incident.facts,
        startedAt,
        status: 'running',
      };
      return { runs: [...incident.runs, started] };
    }
    case 'StepSucceeded':
      return { runs: settle(incident, entry.run, { status: 'succeeded' }) };
    case 'StepRehearsed':
      return { runs: settle(incident, entry.run, { status: 'rehearsed' }) };
    case 'StepFailed':
      return { runs: settle(incident, entry.run, { status: 'failed', reason: entry.reason, worse: entry.worse }) };
    case 'ApprovalRequested':
      return { approval: { step: entry.step, title: entry.title, expiresAt: entry.expiresAt } };
    case 'ApprovalGiven':
    case 'ApprovalDeclined':
      return { approval: undefined };
    case 'ResponseEnded':
      return {
        ...(incident.attempt ? { attempt: { ...incident.attempt, outcome: entry.outcome } } : {}),
        ...(entry.outcome === 'recovered' ? { calmSince: entry.at } : {}),
      };
    case 'HandedOver':
      return { handedOver: { at: entry.at, reason: entry.reason } };
    case 'ActionItemRaised':
      return { actionItems: [...incident.actionItems, { action: entry.action, text: entry.text }] };
    case 'Mitigated':
      return {
        status: 'monitoring',
        mitigatedAt: entry.at,
        calmSince: incident.calmSince ?? entry.at,
        approval: undefined,
      };
    case 'SettlingFailed':
      return { calmSince: entry.at };
    case 'ResolutionRequested':
      return { resolution: { by: entry.by, reason: entry.reason }, approval: undefined };
    case 'Resolved':
      return { status: 'resolved', resolvedAt: entry.at, approval: undefined };
    case 'PageSent':
      return {};
  }
}

/** A signal that fires again after mitigation means it was none. */
const worsen = ({ status }: Incident): Status => (status === 'monitoring' ? 'investigating' : status);

function signal(
  incident: Incident,
  entry: EntryOf<'SignalFired' | 'SignalCleared' | 'SignalLost'>,
  state: SignalState,
) {
  const { key, level, summary, signalAt } = entry;
  return { signals: { ...incident.signals, [key]: { state, level, summary, at: signalAt } } };
}

const settle = ({ runs }: Incident, run: string, outcome: Pick<Run, 'status' | 'reason' | 'worse'>) =>
  runs.map(r => (r.run === run ? { ...r, ...outcome } : r));
