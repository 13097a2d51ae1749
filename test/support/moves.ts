import fc from 'fast-check';
import type { LedgerRun, Readings } from '../../lambda/domain/incident/commands.ts';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import type { SignalState } from '../../lambda/domain/incident/signal.ts';
import type { Facts } from '../../lambda/domain/kernel/severity.ts';
import { reserve } from '../../lambda/domain/remediation/guardrails.ts';
import { FAILED, minute, of, PASSED, policy, Story, step, temporary } from './story.ts';

export const PLAN = [
  temporary('scale', { cooldownMinutes: 5, minimumSeverity: 'P2' }),
  step('rehearse', { mode: 'observe' }),
  step('ask', { mode: 'approve', cooldownMinutes: 5 }),
  temporary('shrink', { runbook: 'scale', target: 'scale', cooldownMinutes: 5 }),
  step('never', { mode: 'off' }),
  step('restart', { cooldownMinutes: 0 }),
];

const ISSUE = { arn: 'issue', service: 'RDS', code: 'AWS_RDS_OPERATIONAL_ISSUE', open: true };

/** Mostly the usual value, and now and then one of the others. */
const rarely = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** What may befall an incident next, in any order, at any time. Signals may be late, commands of attempts that are over, and everything repeated. */
const move = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.constantFrom(1, 1, 5, 20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('signal' as const),
      alarm: fc.constantFrom('critical', 'critical', 'warning', 'warning 2'),
      state: fc.constantFrom<SignalState>('firing', 'firing', 'cleared', 'cleared', 'cleared', 'unknown'),
      late: fc.constantFrom(0, 0, 0, 1, 7),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      tasks: rarely(10, 5, 1, 0, undefined),
      share: fc.constantFrom(0, 0.3, 0.6),
      automation: rarely('on', 'off', 'unreadable'),
      maintenance: rarely<number | 'unreadable' | undefined>(undefined, 10, 'unreadable'),
      aws: rarely('well', 'troubled', 'unreadable'),
      how: fc.constantFrom(PASSED, PASSED, FAILED, 'it failed'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('watch' as const), checks: fc.constantFrom(PASSED, PASSED, FAILED, []) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const), approve: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('acknowledge' as const, 'resolve' as const, 'crash' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: fc.nat() }) },
);

type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** Does one move as the functions would, and returns what came of it. */
function perform(story: Story, next: Move, ledger: LedgerRun[]): IncidentEvent[] {
  const attempt = story.opened ? (story.incident.attempt?.number ?? 0) : 0;
  switch (next.do) {
    case 'pass':
      story.now = new Date(Date.parse(story.now) + next.minutes * 60_000).toISOString();
      return [];
    case 'signal':
      return story.fires(next.alarm, { state: next.state, at: earlier(story.now, next.late) });
    case 'work':
      return work(story, next, ledger);
    case 'watch':
      return story.opened ? story.watches(next.checks) : [];
    case 'answer':
      return story.tell({
        ...{ type: 'answer approval', step: (story.opened && story.incident.approval?.step) || 'ask' },
        ...{ approve: next.approve, by: 'ada' },
      });
    case 'acknowledge':
      return story.acknowledges();
    case 'crash':
      return story.tell({ type: 'end response', attempt, reason: 'it crashed' });
    case 'resolve':
      return story.resolves();
    case 'repeat': {
      const command = story.commands[next.which % (story.commands.length || 1)];
      return command ? story.tell(command) : [];
    }
  }
}

type Work = Extract<Move, { do: 'work' }>;

/** What the workflow does next: the end of the run under way, else the diagnosis, else the next step. */
function work(story: Story, { tasks, share, how, ...next }: Work, ledger: LedgerRun[]): IncidentEvent[] {
  if (!story.opened) return [];
  const { runs, timeline, attempt } = story.incident;
  if (runs.some(({ status }) => status === 'running')) return story.ends(how);
  const facts: Facts = { usersAffectedShare: share, ...(tasks === undefined ? {} : { desiredTasks: tasks }) };
  if (!of(timeline, 'DiagnosisRecorded').some(entry => entry.attempt === attempt?.number))
    return story.diagnoses(facts);
  const planned = story.plans(readings(story, next, ledger));
  for (const { dryRun, undoes, run, runbook, at, step } of of(planned, 'StepStarted')) {
    const target = PLAN.find(({ name }) => name === step)?.target ?? '';
    if (!dryRun && !undoes) ledger.splice(0, ledger.length, ...reserve(ledger, { run, runbook, target, at }, 168));
  }
  return planned;
}

export const earlier = (now: string, minutes: number) => new Date(Date.parse(now) - minutes * 60_000).toISOString();

function readings(story: Story, next: Pick<Work, 'automation' | 'maintenance' | 'aws'>, ledger: LedgerRun[]): Readings {
  const { automation, maintenance, aws } = next;
  const value = automation === 'on' ? 'on' : 'off';
  return {
    automation: automation === 'unreadable' ? automation : { value, since: minute(-10_000) },
    maintenanceUntil: typeof maintenance === 'number' ? earlier(story.now, -maintenance) : maintenance,
    maintenance: [],
    ledger: [...ledger],
    others: [],
    awsIssues: aws === 'unreadable' ? aws : aws === 'troubled' ? [{ ...ISSUE, updatedAt: story.now }] : [],
  };
}

export const moves = fc.array(move, { maxLength: 60, size: 'max' });

/** The story that the moves tell, and every incident of it as it stood in the end. */
export function tell(moves: Move[]): { story: Story; incidents: IncidentHistory[] } {
  const story = Story.under(policy(PLAN));
  story.careful = false;
  const ledger: LedgerRun[] = [];
  const closed: IncidentHistory[] = [];
  story.fires();
  for (const next of moves) {
    const before = story.incident;
    perform(story, next, ledger);
    if (story.incident.id !== before.id) closed.push(before);
  }
  return { story, incidents: [...closed, story.incident] };
}
