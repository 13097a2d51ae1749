import { isDeepStrictEqual } from 'node:util';
import { handle } from '../../lambda/domain/decide.ts';
import type { Command, Obligation, Readings, RunOutcome } from '../../lambda/domain/incident/commands.ts';
import type { Check, EventOf, EventType, IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { historyOf, type IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { attemptUnderWay } from '../../lambda/domain/incident/incident.ts';
import type { PlaybookPolicy, Policy, Step } from '../../lambda/domain/incident/policy.ts';
import { RUNBOOK_POLICY, RUNBOOK_SEVERITIES } from '../../lambda/domain/incident/runbook-policy.ts';
import type { StatusPage } from '../../lambda/domain/incident/service-policy.ts';
import { alarmKey, type Signal } from '../../lambda/domain/incident/signal.ts';
import type { Facts } from '../../lambda/domain/kernel/severity.ts';
import { plusMinutes } from '../../lambda/domain/kernel/time.ts';
import { obligations } from '../../lambda/domain/obligations.ts';
import { mayTryAgain } from '../../lambda/domain/remediation/guardrails.ts';

/** Minute 0 of every story. */
export const START = '2026-04-07T09:30:00.000Z';

export const minute = (minutes: number) => plusMinutes(START, minutes);

/** A step that every guardrail lets through on a service of 10 tasks, each on a runbook and target of its own. */
export const step = (name: string, changes: Partial<Step> = {}): Step => ({
  name,
  title: `Do ${name}`,
  runbook: name,
  document: `mockupaws-${name}`,
  parameters: {},
  mode: 'auto',
  minimumSeverity: 'P4',
  target: name,
  cooldownMinutes: 60,
  blastRadius: { fact: 'desiredTasks', touches: 0.3, maximumShare: 0.5 },
  // Of any age: how old a measurement may be is a story of its own.
  causes: [{ fact: 'desiredTasks', atLeast: 0, means: '{} tasks are wanted', withinMinutes: 100_000 }],
  verifyMinutes: 5,
  ...changes,
});

/** A step that changes something for a while. */
export const temporary = (name: string, changes: Partial<Step> = {}): Step =>
  step(name, { revert: { title: `Undo ${name}`, parameters: { DesiredCount: { fact: 'desiredTasks' } } }, ...changes });

/** The runbook's, but nobody beside the escalation path is told, and nothing is reviewed: another story. */
export const QUIET = Object.fromEntries(
  Object.entries(RUNBOOK_SEVERITIES).map(([name, { stakeholdersMinutes: _, ...severity }]) => [
    name,
    { ...severity, reviewed: false },
  ]),
) as typeof RUNBOOK_SEVERITIES;

export const policy = (plan: Step[], changes: Partial<Policy> = {}): Policy => ({
  ...RUNBOOK_POLICY,
  severities: QUIET,
  service: 'mockupaws-production',
  title: 'mockupAWS',
  region: 'us-east-1',
  links: [{ label: 'Status page', url: 'https://status.mockupaws.com' }],
  playbooks: [
    {
      name: 'DatabaseConnections',
      title: 'Database Connections Exhausted',
      impact: 'API timeouts',
      alarms: { critical: 'critical', warning: 'warning' },
      plan,
    },
  ],
  ...changes,
});

/** The policy with another first playbook. */
export const withPlaybook = (base: Policy, changes: Partial<PlaybookPolicy>): Policy => ({
  ...base,
  playbooks: [{ ...playbookIn(base), ...changes }, ...base.playbooks.slice(1)],
});

/** The first playbook of a policy. */
export function playbookIn({ playbooks: [first] }: Policy): PlaybookPolicy {
  if (!first) throw new Error('the policy has no playbook');
  return first;
}

/** A status page with one component. */
export const STATUS_PAGE: StatusPage = {
  url: 'https://status.mockupaws.com',
  components: [{ id: 'api', name: 'API', description: '' }],
};

export const PASSED: Check[] = [{ check: 'health', passed: true, seen: '200' }];
export const FAILED: Check[] = [{ check: 'health', passed: false, seen: '503' }];

export const READINGS: Readings = {
  automation: { value: 'on', since: minute(-10_000) },
  maintenanceUntil: undefined,
  maintenance: [],
  ledger: [],
  others: [],
  awsIssues: [],
};

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A command with or without an id. */
export type Told = WithoutId<Command> & { id?: string };

/**
 * One incident told minute by minute: commands go in, what happened comes out. After every command the timeline must
 * only have grown, and the state must be the fold of the timeline as it is stored.
 */
export class Story {
  readonly policy: Policy;
  readings: Readings = READINGS;
  facts: Facts = { desiredTasks: 10 };
  now = START;
  refused: string | undefined;
  /** Folds anew after every command; a long story may prefer to do so once. */
  careful = true;
  /** Every command given that may come again, with its id: one to an incident that is over does not reach the next. */
  commands: Command[] = [];
  private current: IncidentHistory | undefined;
  private count = 0;

  constructor(...plan: Step[]) {
    this.policy = policy(plan);
  }

  static under(policy: Policy): Story {
    const story = new Story();
    Object.assign(story, { policy });
    return story;
  }

  get incident(): IncidentHistory {
    if (!this.current) throw new Error('nothing has been opened yet');
    return this.current;
  }

  get opened(): boolean {
    return this.current !== undefined;
  }

  at(minutes: number): this {
    this.now = minute(minutes);
    return this;
  }

  /** Gives a command and returns the entries that came of it; none when it was refused. */
  tell(told: Told): IncidentEvent[] {
    const before = this.current;
    const command = { id: `command ${++this.count}`, ...told, ...this.openAs(told) } as Command;
    const handled = handle(before, command, this.now);
    const { incident, events, repeated, refused } = handled;
    this.refused = refused;
    const earlier = before?.id === incident?.id ? (before?.timeline ?? []) : [];
    this.current = incident && { ...incident, timeline: [...earlier, ...events] };
    if (before && incident?.id !== before.id)
      this.commands = this.commands.filter(({ type }) => type === 'receive signals');
    this.commands.push(command);
    this.check(before);
    return repeated ? earlier.slice(repeated.seq, repeated.seq + repeated.events) : events;
  }

  fires(alarm = 'critical', changes: Partial<Signal> = {}): IncidentEvent[] {
    return this.receives({ ...this.signal(alarm), state: 'firing', ...changes });
  }

  clears(alarm = 'critical', changes: Partial<Signal> = {}): IncidentEvent[] {
    return this.receives({ ...this.signal(alarm), state: 'cleared', ...changes });
  }

  /** INSUFFICIENT_DATA. */
  loses(alarm = 'critical', changes: Partial<Signal> = {}): IncidentEvent[] {
    return this.receives({ ...this.signal(alarm), state: 'unknown', ...changes });
  }

  /** Diagnosis and classification, as the workflow begins an attempt. */
  diagnoses(facts: Facts = this.facts, objects: Record<string, string> = {}): IncidentEvent[] {
    const findings = [{ check: 'everything', ok: false, summary: 'what was measured', facts, objects }];
    return [
      ...this.tell({ type: 'record diagnosis', attempt: this.attempt, findings }),
      ...this.tell({ type: 'classify', attempt: this.attempt }),
    ];
  }

  /** Between two diagnoses this share of the requests was measured to fail, a minute ago and now. */
  suffers(usersAffectedShare = 0.4): IncidentEvent[] {
    return this.measures({ usersAffectedShare }, { usersAffectedShare });
  }

  /** How people are served now, and how they were a minute ago. */
  measures(facts: Facts, minuteAgo: Facts): IncidentEvent[] {
    const before = { facts: minuteAgo, at: plusMinutes(this.now, -1) };
    return this.tell({ type: 'record measurement', facts, at: this.now, before });
  }

  /** What is decided, once the dry run that comes before the question is over. */
  plans(readings: Readings = this.readings): IncidentEvent[] {
    const decided = this.decides(readings);
    const isPreview = (entry: IncidentEvent) => entry.type === 'StepStarted' && entry.preview;
    if (!decided.some(isPreview)) return decided;
    this.ends();
    return [...decided.filter(entry => !isPreview(entry)), ...this.plans(readings)];
  }

  decides(readings: Readings = this.readings): IncidentEvent[] {
    return this.tell({ type: 'next step', attempt: this.attempt, readings });
  }

  /** The run under way ended, verified by the checks given or failed for a reason. */
  ends(outcome: Check[] | string = PASSED): IncidentEvent[] {
    const run = this.incident.runs.find(r => r.status === 'running')?.run ?? 'none';
    const verified: RunOutcome = typeof outcome === 'string' ? { run, reason: outcome } : { run, checks: outcome };
    return this.tell({ type: 'record outcome', attempt: this.attempt, outcome: verified });
  }

  /** The whole attempt: every step it chooses ends as given, until it is over. */
  responds(outcome: (started: EventOf<'StepStarted'>) => Check[] | string = () => FAILED): IncidentEvent[] {
    const happened = this.diagnoses();
    while (attemptUnderWay(this.incident)) {
      const planned = this.plans();
      happened.push(...planned);
      const [started] = of(planned, 'StepStarted');
      if (!started) break;
      happened.push(...this.ends(outcome(started)));
    }
    return happened;
  }

  due(): Obligation[] {
    return obligations(this.incident, this.now);
  }

  /** What `watch` does once a minute: whatever is due. */
  watches(checks: Check[] = PASSED): IncidentEvent[] {
    return this.due()
      .filter(({ type }) => type !== 'try again' || mayTryAgain(this.incident, this.readings, this.now))
      .flatMap(obligation => this.tell({ type: 'fulfil', obligation, checks }));
  }

  /** The watch runs in each minute from one to another. */
  watchesFrom(from: number, to: number, checks: Check[] = PASSED): this {
    for (let at = from; at <= to; at++) this.at(at).watches(checks);
    return this;
  }

  acknowledges(by = 'ada'): IncidentEvent[] {
    return this.tell({ type: 'acknowledge', by });
  }

  resolves(by = 'ada'): IncidentEvent[] {
    return this.tell({ type: 'resolve', by, reason: 'fixed by hand' });
  }

  private get attempt(): number {
    return this.incident.attempt?.number ?? 0;
  }

  private signal(alarm: string): Omit<Signal, 'state'> {
    const level = alarm.startsWith('warning') ? 'warning' : 'critical';
    const { service, playbooks } = this.policy;
    const { name: playbook } = playbooks.find(({ alarms }) => alarms[alarm]) ?? playbookIn(this.policy);
    const about = { service, playbook, level, at: this.now } as const;
    return { id: `signal ${++this.count}`, key: alarmKey(alarm), summary: `${alarm}: 1700 (threshold 1635)`, ...about };
  }

  /** Signals that arrive together. */
  receives(...signals: Signal[]): IncidentEvent[] {
    const id = signals.map(({ id }) => id).join();
    return this.tell({ type: 'receive signals', id, signals, policy: this.policy });
  }

  /** The adapter numbers anew each time a signal is received, also one received before. */
  private openAs({ type }: Told) {
    const number = (this.current?.number ?? 0) + 1;
    const id = `INC-2026-04-07-${String(number).padStart(3, '0')}`;
    return type === 'receive signals' ? { openAs: { id, number, slot: this.policy.service } } : {};
  }

  /** State equals the fold of the timeline, also of one that went through the table. */
  folds(): boolean {
    const stored: IncidentEvent[] = JSON.parse(JSON.stringify(this.incident.timeline));
    const plain = (incident: IncidentHistory) => JSON.parse(JSON.stringify(incident));
    return isDeepStrictEqual(plain(historyOf(stored)), plain(this.incident));
  }

  private check(before: IncidentHistory | undefined): void {
    const after = this.current;
    if (!after || after === before) return;
    const earlier = before?.id === after.id ? before.timeline : [];
    if (earlier.some((entry, seq) => after.timeline[seq] !== entry))
      throw new Error(`${after.id} has lost part of its timeline`);
    if (after.timeline.some((entry, index) => entry.seq !== index))
      throw new Error(`${after.id} is not numbered 0..n-1`);
    if (this.careful && !this.folds()) throw new Error(`${after.id} is not the fold of its timeline`);
  }
}

/** The entries of one type. */
export const of = <T extends EventType>(entries: readonly IncidentEvent[], type: T): EventOf<T>[] =>
  entries.filter((entry): entry is EventOf<T> => entry.type === type);

/** What happened, in a word each. */
export const types = (entries: readonly IncidentEvent[]): EventType[] => entries.map(({ type }) => type);

/** The steps that were started, in order; those that put back marked so. A preview starts none. */
export const started = (entries: readonly IncidentEvent[]): string[] =>
  of(entries, 'StepStarted')
    .filter(({ preview }) => !preview)
    .map(({ step, undoes }) => (undoes ? `undo ${step}` : step));
