import { describe, expect, test } from 'vitest';
import type { RunOutcome } from '../../../lambda/domain/incident/commands.ts';
import { attemptUnderWay } from '../../../lambda/domain/incident/incident.ts';
import type { Step } from '../../../lambda/domain/incident/policy.ts';
import { pages } from '../../../lambda/domain/messages/page.ts';
import { diagnosed, fired, OFF, running } from '../../support/stories.ts';
import { FAILED, minute, of, type Story, started, step } from '../../support/story.ts';

describe('a step that needs approval', () => {
  const asking = (...plan: Step[]) => {
    const story = diagnosed(...plan);
    const asked = story.at(1).plans();
    return { story, asked };
  };
  const answer = (story: Story, approve: boolean, step = 'first') =>
    story.tell({ type: 'answer approval', step, approve, by: 'ada' });
  const plan = [step('zeroth', { mode: 'off' }), step('first', { mode: 'approve' }), step('second')];

  test('ends the attempt with the question', () => {
    expect(asking(...plan).asked).toMatchObject([
      { type: 'StepSkipped', step: 'zeroth' },
      { type: 'ApprovalRequested', step: 'first', title: 'Do first', expiresAt: minute(31) },
      { type: 'ResponseEnded', outcome: 'awaiting approval' },
    ]);
  });

  describe('before the question', () => {
    const previewed = (outcome: Partial<RunOutcome>) => {
      const story = diagnosed(...plan);
      const [begun] = of(story.decides(), 'StepStarted');
      const run = begun?.run ?? '';
      story.tell({ type: 'record outcome', attempt: 1, outcome: { run, ...outcome } });
      return { story, begun };
    };
    const report = ['Would end 2 sessions; 90 of 100 connections in use.', '- 2 sessions: migration'];

    test('runs dry, and the page has its report', () => {
      const { story, begun } = previewed({ report });
      expect(begun).toMatchObject({ step: 'first', dryRun: true, preview: true, parameters: { DryRun: 'true' } });
      const [asked] = of(story.decides(), 'ApprovalRequested');
      const [page] = asked ? pages(story.incident, asked) : [];
      expect(page?.fields.short).toContain(report[0]);
      expect(page?.fields.doing.join('\n')).toContain(report.join('\n    '));
    });

    test.each([
      ['finds nothing to do', { reason: 'No session has been idle for 300 s or longer.', unchanged: true as const }],
      ['fails', { reason: 'the database cannot be reached' }],
    ])('is dropped when its dry run %s', (_, outcome) => {
      const { story } = previewed(outcome);
      expect(story.decides()).toMatchObject([
        { type: 'StepSkipped', step: 'first', reasons: [`its dry run: ${outcome.reason}`] },
        { type: 'StepStarted', step: 'second' },
      ]);
    });

    test('runs dry anew in each attempt that asks', () => {
      const story = running(step('first', { mode: 'approve' }));
      story.clears();
      story.at(40).fires('critical', { at: minute(40) });
      story.diagnoses();
      expect(of(story.decides(), 'StepStarted')).toMatchObject([{ attempt: 2, preview: true }]);
    });
  });

  test('runs first in the next attempt once it is approved in time', () => {
    const { story } = asking(...plan);
    expect(answer(story.at(20), true)).toMatchObject([
      { type: 'ApprovalGiven', step: 'first', by: 'ada' },
      { type: 'ResponseRequested', attempt: 2, from: 'first' },
    ]);
    story.diagnoses();
    const [begun] = of(story.plans(), 'StepStarted');
    expect(begun).toMatchObject({ step: 'first', attempt: 2 });
    expect(begun?.guardrails).toContainEqual({ guardrail: 'mode', passed: true, reason: 'approved' });
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['second']);
  });

  describe('whose object is another one by the time of the answer', () => {
    const node = { parameters: { Node: { object: 'node' } } };
    const other = { parameters: { Node: { object: 'other' } } };
    const approved = (parameters: Partial<Step>) => {
      const story = fired(step('first', { mode: 'approve', ...parameters }));
      story.diagnoses(story.facts, { node: 'a', other: 'x' });
      story.at(1).plans();
      answer(story.at(20), true);
      story.diagnoses(story.facts, { node: 'b', other: 'x' });
      return story;
    };

    test('is asked for again, and says so', () => {
      const story = approved(node);
      const [asked] = of(story.plans(), 'ApprovalRequested');
      expect(asked).toMatchObject({ step: 'first', renewed: 'it would act on b by now, not on a' });
      expect(story.incident.runs).toMatchObject([
        { preview: true, attempt: 1 },
        { preview: true, attempt: 2 },
      ]);
      const [page] = asked ? pages(story.incident, asked) : [];
      expect(page?.fields.doing.join(' ')).toContain('It was approved, but it would act on b by now, not on a.');
      answer(story.at(22), true);
      story.diagnoses(story.facts, { node: 'b', other: 'x' });
      expect(of(story.plans(), 'StepStarted')).toMatchObject([{ dryRun: false, parameters: { Node: 'b' } }]);
    });

    test('runs where it is not the object that it acts on', () => {
      expect(of(approved(other).plans(), 'StepStarted')).toMatchObject([{ dryRun: false, parameters: { Node: 'x' } }]);
    });
  });

  test('is approved for itself alone', () => {
    const { story } = asking(step('first', { mode: 'approve' }), step('second', { mode: 'approve' }));
    answer(story, true);
    story.diagnoses();
    story.plans();
    story.ends(FAILED);
    expect(story.plans()).toMatchObject([{ type: 'ApprovalRequested', step: 'second' }, { type: 'ResponseEnded' }]);
  });

  test('is stopped by other guardrails though it is approved', () => {
    const { story } = asking(...plan);
    answer(story, true);
    story.diagnoses();
    expect(of(story.plans(OFF), 'StepStarted')).toMatchObject([{ dryRun: true }]);
  });

  test.each<[string, (story: Story) => unknown]>([
    ['declined', story => answer(story.at(20), false)],
    ['not answered in time', story => story.at(31).watches()],
  ])('that was %s leaves the following steps, and is not asked again', (_, refuse) => {
    const { story } = asking(...plan);
    refuse(story);
    expect(attemptUnderWay(story.incident)).toMatchObject({ number: 2 });
    story.diagnoses();
    expect(started(story.plans())).toEqual(['second']);
    story.clears();
    story.ends();
    story.plans();
    story.fires('critical', { at: minute(60) });
    story.at(60).diagnoses();
    story.plans();
    expect(of(story.incident.timeline, 'ApprovalRequested')).toHaveLength(1);
  });

  test('is declined when the approval comes too late', () => {
    const { story } = asking(...plan);
    expect(answer(story.at(31), true)).toEqual([]);
    expect(story.refused).toMatch(/expired/);
    expect(story.watches().slice(-2)).toMatchObject([
      { type: 'ApprovalDeclined', by: 'time' },
      { type: 'ResponseRequested', attempt: 2, from: 'first' },
    ]);
  });

  test('refuses an answer that nobody asked for, or a second one', () => {
    const { story } = asking(...plan);
    expect(answer(story, true, 'second')).toEqual([]);
    expect(story.refused).toBe('INC-2026-04-07-001 awaits no approval of second');
    answer(story, false);
    expect(answer(story, true)).toEqual([]);
    expect(story.refused).toBe('first was declined by ada already');
  });

  test('is not asked any more when the signals clear by themselves', () => {
    const { story } = asking(...plan);
    story.at(5).clears();
    expect(answer(story, true)).toEqual([]);
    expect(started(story.incident.timeline)).toEqual([]);
  });
});
