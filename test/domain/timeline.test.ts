import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerRun, Readings } from '../../lambda/domain/incident/commands.ts';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { fold } from '../../lambda/domain/incident/evolve.ts';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { attemptUnderWay, type Incident, isOpen } from '../../lambda/domain/incident/incident.ts';
import { unreverted } from '../../lambda/domain/incident/reverts.ts';
import { LEVEL_MINUTES } from '../../lambda/domain/incident/service-policy.ts';
import { alarmOf, type SignalState } from '../../lambda/domain/incident/signal.ts';
import { atLeast, type Facts } from '../../lambda/domain/kernel/severity.ts';
import { isPagedEvent, pages } from '../../lambda/domain/messages/page.ts';
import { obligations } from '../../lambda/domain/obligations.ts';
import { reserve } from '../../lambda/domain/remediation/guardrails.ts';
import { fired } from '../support/stories.ts';
import { FAILED, minute, of, PASSED, policy, READINGS, Story, step, temporary } from '../support/story.ts';

const PLAN = [
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

const earlier = (now: string, minutes: number) => new Date(Date.parse(now) - minutes * 60_000).toISOString();

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

const moves = fc.array(move, { maxLength: 60, size: 'max' });

/** The story that the moves tell, and every incident of it as it stood in the end. */
function tell(moves: Move[]): { story: Story; incidents: IncidentHistory[] } {
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

/** Holds for every incident of every story; `state` is the incident as it stood before an entry. */
function always(
  check: (incident: IncidentHistory, entry: IncidentEvent, state: () => Incident) => void,
  numRuns = 100,
): void {
  fc.assert(
    fc.property(moves, befell => {
      for (const incident of tell(befell).incidents)
        for (const entry of incident.timeline.slice(1))
          check(incident, entry, () => fold(incident.timeline.slice(0, entry.seq)));
    }),
    { numRuns },
  );
}

const OF_ACTING = ['kill switch', 'maintenance window', 'cooldown', 'budget', 'another incident'];

describe('an incident, whatever happens to it in whatever order,', () => {
  test('is the fold of its events, accepts a repeated command once, and has events in order of time', () => {
    fc.assert(
      fc.property(moves, befell => {
        const { story } = tell(befell);
        const { timeline } = story.incident;
        expect(story.folds()).toBe(true);
        for (const command of [...story.commands]) {
          const entries = timeline.filter(entry => entry.command === command.id);
          if (entries.length > 0) expect(story.tell(command)).toEqual(entries);
        }
        expect(story.incident.timeline).toEqual(timeline);
        expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).sort());
      }),
    );
  });

  test('runs a step at most once in an attempt, and reverts a change once, or again while that fails', () => {
    always(({ runs }) => {
      const begun = runs.filter(({ undoes }) => !undoes).map(({ attempt, step }) => `${attempt}/${step}`);
      expect(new Set(begun).size).toBe(begun.length);
      for (const reverts of Map.groupBy(runs, ({ undoes }) => undoes ?? '').values()) {
        if (!reverts[0]?.undoes) continue;
        expect(reverts.length).toBeLessThanOrEqual(3);
        for (const { status } of reverts.slice(0, -1)) expect(status).toBe('failed');
      }
      expect(new Set(runs.map(({ run }) => run)).size).toBe(runs.length);
    });
  });

  test('starts no step past a guardrail, without approval, without a firing alarm, or beside another', () => {
    always((incident, entry, state) => {
      if (entry.type !== 'StepStarted') return;
      // A dry run changes nothing: it starts past what keeps automation from acting, and past nothing else.
      const stopped = entry.guardrails.filter(({ passed }) => !passed).map(({ guardrail }) => guardrail);
      const past = entry.preview ? ['mode'] : entry.dryRun ? OF_ACTING : [];
      expect(stopped.filter(guardrail => !past.includes(guardrail))).toEqual([]);
      if (entry.preview) expect(entry.dryRun).toBe(true);
      expect(state().runs.filter(({ status }) => status === 'running')).toEqual([]);
      if (entry.undoes) return;
      const { mode } = PLAN.find(({ name }) => name === entry.step) ?? {};
      expect(mode).not.toBe('off');
      if (mode === 'observe' || stopped.includes('kill switch')) expect(entry.dryRun).toBe(true);
      expect(Object.values(state().signals).map(signal => signal.state)).toContain('firing');
      expect(state().facts['desiredTasks'] ?? 0).toBeGreaterThan(0);
      const answers = incident.timeline.filter(
        e => e.seq < entry.seq && (e.type === 'ApprovalGiven' || e.type === 'ApprovalDeclined'),
      );
      const approved = entry.guardrails.some(({ guardrail, reason }) => guardrail === 'mode' && reason === 'approved');
      if ((mode === 'approve' || approved) && !entry.dryRun) expect(answers.at(-1)?.type).toBe('ApprovalGiven');
    });
  });

  test('keeps the cooldown between two runs of a runbook on a target', () => {
    always(({ runs }) => {
      const changed = runs.filter(({ runbook, dryRun, undoes }) => runbook === 'scale' && !dryRun && !undoes);
      changed.slice(1).forEach(({ startedAt }, index) => {
        expect(startedAt >= earlier(changed[index]?.startedAt ?? '', -5)).toBe(true);
      });
    });
  });

  test('reverts what was changed, to the value measured before', () => {
    always((incident, entry) => {
      if (entry.type !== 'StepStarted' || !entry.undoes) return;
      const changed = of(incident.timeline, 'StepStarted').find(({ run }) => run === entry.undoes);
      const before = fold(incident.timeline.slice(0, changed?.seq)).facts['desiredTasks'];
      expect(entry.parameters['DesiredCount']).toBe(String(before));
    });
  });

  test('has no event, no obligation and no page after its resolution', () => {
    always(incident => {
      if (isOpen(incident)) return;
      expect(incident.timeline.at(-1)?.type).toBe('Resolved');
      expect(obligations(incident, minute(100_000))).toEqual([]);
      const told = incident.timeline.filter(isPagedEvent).flatMap(entry => pages(incident, entry));
      expect(told.filter(({ urgency }) => urgency === 'page')).toEqual([]);
    });
  });

  test('counts as recovered only when every alarm is clear and no temporary change is left', () => {
    always((_, entry, state) => {
      const recovered = entry.type === 'ResponseEnded' && entry.outcome === 'recovered';
      const settled = entry.type === 'Resolved' && entry.by === 'automation';
      if (!recovered && !settled) return;
      const { signals, runs } = state();
      expect(Object.values(signals).filter(signal => signal.state !== 'cleared')).toEqual([]);
      const left = runs.filter(
        ({ run, step, dryRun, undoes }) =>
          ['scale', 'shrink'].includes(step) && !dryRun && !undoes && !runs.some(other => other.undoes === run),
      );
      if (recovered) expect(left).toEqual([]);
    });
  });

  test('gives a reason for each hand-over, and ends each attempt once, before the next begins', () => {
    always((incident, entry, state) => {
      if (entry.type === 'ResponseRequested') {
        expect(attemptUnderWay(state())).toBeUndefined();
        expect(entry.attempt).toBe((state().attempt?.number ?? 0) + 1);
      }
      if (entry.type !== 'ResponseEnded') return;
      expect(attemptUnderWay(state())?.number).toBe(entry.attempt);
      const same = incident.timeline.filter(({ command }) => command === entry.command);
      const isToldAlready = state().attempt?.again !== undefined && state().handedOver !== undefined;
      if (entry.outcome === 'handed over' && !isToldAlready) expect(of(same, 'HandedOver')).toHaveLength(1);
      if (entry.outcome === 'awaiting approval') expect(of(same, 'ApprovalRequested')).toHaveLength(1);
    });
  });

  test('never falls in severity, calls each level in turn, and pages nobody during an acknowledgement', () => {
    always((incident, entry, state) => {
      if (entry.type === 'SeverityAssigned') expect(atLeast(entry.severity, state().severity)).toBe(true);
      if (entry.type !== 'Escalated' && entry.type !== 'Reminded') return;
      const before = of(incident.timeline.slice(0, entry.seq), 'Escalated');
      if (entry.level > 1) expect(before.map(({ level }) => level)).toContain(entry.level - 1);
      expect(isOpen(state())).toBe(true);
      // What somebody took on as a P3 or P4, nobody has taken on as the P2 it became.
      const held = of(incident.timeline.slice(0, entry.seq), 'Acknowledged').findLast(
        ({ seq }) => fold(incident.timeline.slice(0, seq)).escalation,
      );
      if (!held || held.until <= entry.at) return;
      // A rise, or a resolution target that is missed, is told to people though somebody is at work; nobody is reminded.
      expect(entry).toMatchObject({
        type: 'Escalated',
        reason: expect.stringMatching(/^(severity raised|not resolved)/),
      });
    });
  });

  test('has reached the last level soon after an hour unanswered, as a P1 or P2', () => {
    fc.assert(
      fc.property(moves, befell => {
        const { story } = tell(befell);
        if (!isOpen(story.incident) || !['P1', 'P2'].includes(story.incident.severity)) return;
        const held = story.incident.acknowledged?.until ?? story.now;
        story.now = earlier(held > story.now ? held : story.now, -60);
        // Nobody had looked meanwhile: the levels are called one after the other.
        for (let level = 1; level <= 4; level++, story.now = earlier(story.now, -LEVEL_MINUTES)) story.watches(FAILED);
        if (isOpen(story.incident)) expect(story.incident.escalation?.level).toBe(4);
      }),
    );
  });

  test('never gets stuck: with clear alarms and a healthy service it resolves, or a person knows what to revert', () => {
    fc.assert(
      fc.property(moves, befell => {
        const { story } = tell(befell);
        for (let minutes = 0; minutes < 60 && isOpen(story.incident); minutes++) {
          story.now = earlier(story.now, -1);
          for (const key of Object.keys(story.incident.signals)) story.clears(alarmOf(key));
          if (attemptUnderWay(story.incident)) {
            if (story.incident.runs.some(({ status }) => status === 'running')) story.ends();
            story.responds(() => PASSED);
          }
          story.suffers(0);
          story.watches();
        }
        if (unreverted(story.incident).length > 0) {
          const { handedOver, timeline } = story.incident;
          expect([handedOver?.reason, of(timeline, 'Resolved')[0]?.reason].join()).toMatch(
            /Still changed|Not known yet if this changed anything/,
          );
          return;
        }
        expect(story.incident.status).toBe('resolved');
        if (of(story.incident.timeline, 'Resolved')[0]?.by === 'automation')
          expect(story.incident.runs.filter(({ status }) => status === 'running')).toEqual([]);
      }),
    );
  });
});

test('a timeline without exactly one opening, at its beginning, is refused', () => {
  const story = fired();
  const { timeline } = story.incident;
  expect(() => fold([])).toThrow('an empty timeline');
  expect(() => fold(timeline.slice(1))).toThrow('begins with SignalFired');
  expect(() => fold([...timeline, ...timeline])).toThrow('a second IncidentOpened');
});

test('a command without an incident is refused', () => {
  const story = new Story();
  story.acknowledges();
  expect(story.refused).toBe('there is no such incident');
  story.tell({ type: 'next step', attempt: 1, readings: READINGS });
  expect(story.opened).toBe(false);
});
