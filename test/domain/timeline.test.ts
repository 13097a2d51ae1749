import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncidentEvent } from '../../lambda/domain/incident/events.ts';
import { fold } from '../../lambda/domain/incident/evolve.ts';
import type { IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { attemptUnderWay, type Incident, isOpen } from '../../lambda/domain/incident/incident.ts';
import { unreverted } from '../../lambda/domain/incident/reverts.ts';
import { LEVEL_MINUTES } from '../../lambda/domain/incident/service-policy.ts';
import { alarmOf } from '../../lambda/domain/incident/signal.ts';
import { atLeast } from '../../lambda/domain/kernel/severity.ts';
import { isPagedEvent, pages } from '../../lambda/domain/messages/page.ts';
import { obligations } from '../../lambda/domain/obligations.ts';
import { earlier, moves, PLAN, tell } from '../support/moves.ts';
import { fired } from '../support/stories.ts';
import { FAILED, minute, of, PASSED, READINGS, Story } from '../support/story.ts';

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
            /Still changed|Perhaps still changed|Not known yet if this changed anything/,
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

test('a writer whose clock is behind does not write before the last event', () => {
  const story = new Story();
  story.at(10).fires();
  const { changedAt } = story.incident;
  const [noted] = story.at(9).tell({ type: 'note', by: 'ada', text: 'on it' });
  expect(noted?.at).toBe(changedAt);
  const [later] = story.at(11).tell({ type: 'note', by: 'ada', text: 'still on it' });
  expect(later?.at).toBe(minute(11));
});
