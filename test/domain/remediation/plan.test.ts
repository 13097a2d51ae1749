import { describe, expect, test } from 'vitest';
import type { RunOutcome } from '../../../lambda/domain/incident/commands.ts';
import { attemptUnderWay, isOpen } from '../../../lambda/domain/incident/incident.ts';
import type { Step } from '../../../lambda/domain/incident/policy.ts';
import { automationLines } from '../../../lambda/domain/messages/automation-lines.ts';
import { pages } from '../../../lambda/domain/messages/page.ts';
import { afterFailedStep, diagnosed, running } from '../../support/stories.ts';
import {
  FAILED,
  minute,
  of,
  PASSED,
  READINGS,
  type Story,
  started,
  step,
  type Told,
  temporary,
  types,
} from '../../support/story.ts';

const OFF = { ...READINGS, automation: { value: 'off', since: minute(-10_000) } } as const;

const reasonOf = (story: Story) => story.incident.handedOver?.reason;

describe('the plan', () => {
  test('runs its steps in order, one at a time, each with its parameters, and ends with a hand-over', () => {
    const story = diagnosed(
      step('first', {
        parameters: { Limit: '5', Count: { fact: 'desiredTasks' }, Half: { fact: 'desiredTasks', share: 0.55 } },
      }),
      step('second'),
    );
    const [first] = of(story.at(1).plans(), 'StepStarted');
    expect(first).toMatchObject({ step: 'first', document: 'mockupaws-first', dryRun: false });
    expect(first?.parameters).toEqual({ Limit: '5', Count: '10', Half: '5', DryRun: 'false' });
    expect(story.plans(), 'while it runs').toEqual([]);
    expect(types(story.at(5).ends(FAILED))).toEqual(['StepFailed']);
    expect(started(story.plans())).toEqual(['second']);
    story.ends('the runbook ended TimedOut');
    expect(types(story.plans())).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toBe('the plan did not help. Do first: health: 503. Do second: the runbook ended TimedOut');
  });

  test('ends with a step that helped when the signals are clear', () => {
    const story = running(step('first'), step('second'));
    story.at(3).clears();
    expect(story.at(4).ends()).toMatchObject([{ type: 'StepSucceeded' }, { type: 'Mitigated', reason: 'Do first' }]);
    expect(story.plans()).toMatchObject([{ type: 'ResponseEnded', outcome: 'recovered' }]);
  });

  test('goes on after a verified step while a signal still fires', () => {
    const story = running(step('first'), step('second'));
    expect(types(story.ends())).toEqual(['StepSucceeded']);
    expect(started(story.plans())).toEqual(['second']);
  });

  test.each<[string, Parameters<Story['ends']>[0], string]>([
    ['a check did not pass', [...PASSED, ...FAILED], 'health: 503'],
    ['no check was made', [], 'nothing could be verified'],
    ['the runbook failed', 'the runbook ended Failed', 'the runbook ended Failed'],
  ])('counts a step that is not verified as failed: %s', (_, outcome, reason) => {
    const story = running(step('first'));
    story.clears();
    expect(story.ends(outcome)).toMatchObject([{ type: 'StepFailed', reason }]);
  });

  test('records a skipped step once with its reasons, which the hand-over has', () => {
    const story = diagnosed(step('first', { mode: 'off' }), step('second'), step('third', { minimumSeverity: 'P1' }));
    const planned = story.plans();
    expect(types(planned)).toEqual(['StepSkipped', 'StepStarted']);
    story.ends('no');
    expect(types(story.plans())).toEqual(['StepSkipped', 'HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toBe(
      'the plan did not help. Do second: no. Do first: skipped (mode: off). Do third: skipped (severity: P2, needs P1)',
    );
  });

  test('without steps is handed over', () => {
    const story = running();
    expect(reasonOf(story)).toBe('nothing is done by itself about this');
  });

  test('runs the next step dry once the kill switch is off, then hands over', () => {
    const story = running(step('first'), step('second'));
    story.ends(FAILED);
    expect(of(story.plans(OFF), 'StepStarted')).toMatchObject([{ step: 'second', dryRun: true }]);
    story.ends([]);
    expect(types(story.plans(OFF))).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toBe(
      'the plan did not help. It would have run: Do second (10 tasks are wanted). Do first: health: 503',
    );
  });

  test('begins with the first step again in a new attempt', () => {
    const story = running(step('first'), step('second'));
    story.at(2).clears();
    story.ends();
    story.plans();
    story.at(4).fires();
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'first', run: 'INC-2026-04-07-001/2/first' }]);
  });
});

describe('a workflow that is late or repeats itself', () => {
  test('gets the same step for the same call, and no step runs twice', () => {
    const story = diagnosed(step('first'));
    const call = { type: 'next step', attempt: 1, readings: READINGS, id: 'plan/1/start' } as const;
    const once = story.tell(call);
    expect(story.tell(call)).toEqual(once);
    story.ends(FAILED);
    expect(story.tell(call)).toEqual(once);
    expect(story.incident.runs).toHaveLength(1);
  });

  test('records an outcome once', () => {
    const story = running(step('first'));
    const outcome = { run: 'INC-2026-04-07-001/1/first', checks: PASSED };
    story.tell({ type: 'record outcome', attempt: 1, outcome });
    expect(story.tell({ type: 'record outcome', attempt: 1, outcome: { ...outcome, checks: FAILED } })).toEqual([]);
    expect(story.refused).toMatch(/is succeeded$/);
    story.tell({ type: 'record outcome', attempt: 1, outcome: { ...outcome, run: 'unheard of' } });
    expect(story.refused).toMatch(/is not known$/);
  });

  test('changes nothing once its attempt is over', () => {
    const story = diagnosed(step('first'));
    story.clears();
    story.plans();
    story.at(3).fires();
    const late: Told[] = [
      { type: 'record diagnosis', attempt: 1, findings: [] },
      { type: 'classify', attempt: 1 },
      { type: 'next step', attempt: 1, readings: READINGS },
      { type: 'end response', attempt: 1, reason: 'late' },
    ];
    for (const told of late) {
      expect(story.tell(told)).toEqual([]);
      expect(story.refused).toBe('attempt 1 of INC-2026-04-07-001 is over');
    }
  });
});

describe('a dry run', () => {
  const rehearsed = (...plan: Step[]) => {
    const story = diagnosed(...plan);
    const [begun] = of(story.plans(), 'StepStarted');
    return { story, begun };
  };

  test('changes nothing: its runbook gets DryRun, nothing is reverted, and the plan goes on', () => {
    const { story, begun } = rehearsed(temporary('first', { mode: 'observe' }), step('second'));
    expect(begun).toMatchObject({ dryRun: true, parameters: { DryRun: 'true' } });
    expect(types(story.ends([]))).toEqual(['StepRehearsed']);
    expect(started(story.plans())).toEqual(['second']);
    story.clears();
    story.ends();
    expect(started(story.plans())).toEqual([]);
  });

  test('is no success, even if the signals clear meanwhile', () => {
    const { story } = rehearsed(step('first', { mode: 'observe' }));
    story.clears();
    story.ends(PASSED);
    expect(story.plans()).toMatchObject([
      { type: 'Mitigated', reason: 'every signal cleared by itself' },
      { type: 'ResponseEnded', outcome: 'recovered' },
    ]);
    expect(of(story.incident.timeline, 'StepSucceeded')).toEqual([]);
  });

  test('of the whole plan ends with a hand-over that lists the steps and their evidence', () => {
    const { story } = rehearsed(step('first', { mode: 'observe' }), step('second', { mode: 'observe' }));
    story.ends([]);
    story.plans();
    story.ends([]);
    story.plans();
    expect(reasonOf(story)).toBe(
      'automation only observes here and changed nothing. It would have run: Do first (10 tasks are wanted). ' +
        'If that had not helped: Do second (10 tasks are wanted)',
    );
  });

  test('that fails is recorded as failed', () => {
    const { story } = rehearsed(step('first', { mode: 'observe' }));
    expect(story.ends('access denied')).toMatchObject([{ type: 'StepFailed', reason: 'access denied' }]);
  });
});

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

describe('a temporary change', () => {
  test('is reverted before a recovered attempt ends, the latest first', () => {
    const story = afterFailedStep(temporary('first'), temporary('second'), step('third'));
    story.ends(FAILED);
    story.plans();
    story.at(9).clears();
    story.ends();
    const [revert] = of(story.plans(), 'StepStarted');
    expect(revert).toMatchObject({ step: 'second', title: 'Undo second', undoes: 'INC-2026-04-07-001/1/second' });
    story.ends();
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    expect(story.plans()).toMatchObject([{ type: 'ResponseEnded', outcome: 'recovered' }]);
  });

  test('is reverted before the attempt is handed over', () => {
    const story = running(temporary('first'));
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    expect(types(story.plans())).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toBe('the plan did not help. Do first: health: 503');
  });

  test('whose revert is not verified is handed over at once, and not tried again', () => {
    const story = afterFailedStep(temporary('first'), temporary('second'));
    story.clears();
    story.ends();
    story.plans();
    expect(types(story.ends(FAILED))).toEqual(['StepFailed', 'HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toContain('Undo second was not verified: health: 503');
    expect(reasonOf(story), 'the other change').toContain('"Do first" (runbook first, run INC-2026-04-07-001/1/first)');
    expect(story.at(400).due()).not.toContainEqual(expect.objectContaining({ type: 'put back' }));
  });

  test('whose revert the kill switch stops is named in the hand-over, each one', () => {
    const story = afterFailedStep(temporary('first'), temporary('second'));
    story.clears();
    story.ends();
    expect(types(story.plans(OFF))).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toContain('kill switch: automation is off');
    expect(reasonOf(story)).toContain('run INC-2026-04-07-001/1/first');
    expect(reasonOf(story)).toContain('run INC-2026-04-07-001/1/second');
  });

  test('is reverted though cooldown and budget would stop a step', () => {
    const story = running(temporary('first'));
    story.clears();
    story.ends();
    const spent = Array.from({ length: 20 }, (_, i) => ({
      run: `${i}`,
      runbook: 'first',
      target: 'first',
      at: minute(0),
    }));
    expect(started(story.plans({ ...READINGS, ledger: spent }))).toEqual(['undo first']);
  });

  test('is reverted to the value measured before it, not to the value it left', () => {
    const story = afterFailedStep(temporary('first'), step('second', { mode: 'approve' }));
    story.tell({ type: 'answer approval', step: 'second', approve: true, by: 'ada' });
    story.diagnoses({ desiredTasks: 5 });
    story.plans();
    story.clears();
    story.ends();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([
      { undoes: 'INC-2026-04-07-001/1/first', parameters: { DesiredCount: '10' } },
    ]);
  });

  test('made in two attempts is reverted in two runs, to the first value', () => {
    const story = afterFailedStep(temporary('first'), step('second', { mode: 'approve' }));
    story.at(5).clears();
    story.at(6).fires();
    story.diagnoses({ desiredTasks: 5 });
    story.plans();
    story.at(7).clears();
    story.ends();
    const undone = [1, 2].flatMap(() => {
      const revert = of(story.plans(), 'StepStarted');
      story.ends();
      return revert.map(({ run, undoes, parameters }) => [run, undoes, parameters['DesiredCount']]);
    });
    const [one, two] = ['INC-2026-04-07-001/1/first', 'INC-2026-04-07-001/2/first'];
    expect(undone).toEqual([
      [`${two}/undo`, two, '5'],
      [`${one}/undo`, one, '10'],
    ]);
    expect(story.plans()).toMatchObject([{ type: 'ResponseEnded', outcome: 'recovered' }]);
  });

  test('left by an attempt that waits for approval is reverted when the signals clear by themselves', () => {
    const story = afterFailedStep(temporary('first'), step('second', { mode: 'approve' }));
    story.at(5).clears();
    expect(story.due()).toEqual([{ type: 'put back', attempt: 2 }]);
    story.watches();
    story.diagnoses();
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    story.plans();
    expect(story.at(10).due()).toContainEqual({ type: 'settle' });
  });
});

describe('a resolution before a change was reverted', () => {
  const left = '. Still changed, to be put back by hand: "Do first" (runbook first, run INC-2026-04-07-001/1/first)';

  test('by a person waits for the running step, then for the revert', () => {
    const story = running(temporary('first'));
    expect(types(story.resolves())).toEqual(['Acknowledged', 'ResolutionRequested']);
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    expect(story.plans()).toMatchObject([
      { type: 'ResponseEnded', outcome: 'resolved' },
      { type: 'Resolved', by: 'ada', reason: 'fixed by hand' },
    ]);
  });

  test('by a person is handed over when the revert fails, and the next one resolves as it stands', () => {
    const story = running(temporary('first'));
    story.resolves();
    story.ends(FAILED);
    story.plans();
    expect(types(story.ends('AccessDenied'))).toEqual(['StepFailed', 'HandedOver', 'ResponseEnded']);
    expect(isOpen(story.incident)).toBe(true);
    expect(story.resolves()).toMatchObject([{ type: 'Resolved', reason: `fixed by hand${left}` }]);
  });

  test('does not happen automatically after a hand-over', () => {
    const story = running(temporary('first'));
    story.at(1).clears();
    story.ends();
    story.plans(OFF);
    for (const minute of [6, 30, 90]) expect(of(story.at(minute).watches(), 'Resolved')).toEqual([]);
    expect(types(story.resolves())).toEqual(['Acknowledged', 'ResolutionRequested', 'ResponseRequested']);
    expect(types(story.plans(OFF))).toEqual(['HandedOver', 'ResponseEnded']);
    expect(story.resolves()).toMatchObject([{ type: 'Resolved', reason: `fixed by hand${left}` }]);
  });
});

describe('a change that relieves as long as the alarm fires', () => {
  const revert = { title: 'Close first', parameters: {}, when: 'recovered' as const };

  test('stays after a hand-over, and is reverted when the signals clear', () => {
    const story = running(step('first', { revert }));
    story.ends();
    const ended = story.plans();
    expect(types(ended)).toEqual(['HandedOver', 'ResponseEnded']);
    expect(of(ended, 'HandedOver')[0]?.reason).toMatch(
      /Stays until the signals are clear: "Do first" \(run INC.+first\)$/,
    );
    expect(story.at(30).due()).not.toContainEqual({ type: 'put back', attempt: 2 });
    story.at(40).clears();
    story.at(41).watches();
    story.diagnoses();
    expect(started(story.plans())).toEqual(['undo first']);
  });

  test('is reverted when a person resolves', () => {
    const story = running(step('first', { revert }));
    story.ends();
    story.plans();
    story.resolves();
    expect(started(story.plans())).toEqual(['undo first']);
  });
});

describe('a change that is meant to stay', () => {
  const revert = { title: 'Take first back', parameters: {}, when: 'failed' as const };

  test('is reverted before the next step when it did not help', () => {
    const story = running(step('first', { revert }), step('second'));
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    expect(started(story.plans())).toEqual(['second']);
  });

  test('stays when it helped, and delays no resolution', () => {
    const story = running(step('first', { revert }), step('second'));
    story.at(3).clears();
    story.ends();
    expect(types(story.plans())).toEqual(['ResponseEnded']);
    expect(of(story.at(10).watches(), 'Resolved')).toHaveLength(1);
  });

  test('is not reverted while automation is off, and the hand-over says so', () => {
    const story = running(step('first', { revert }), step('second'));
    story.ends(FAILED);
    const [handedOver] = of(story.plans(OFF), 'HandedOver');
    expect(handedOver?.reason).toMatch(/a step did not help.+Still changed/);
  });
});

describe('a temporary change that relieves people', () => {
  /** Scaled down, with `impact` measured; then a step asks, and nobody answers. */
  const relieving = (relieves = true) => {
    const story = running(temporary('first'), step('second', { mode: 'approve' }));
    const run = 'INC-2026-04-07-001/1/first';
    story.tell({
      type: 'record outcome',
      attempt: 1,
      outcome: { run, checks: FAILED, ...(relieves ? { impact: 'relieved' } : {}) },
    });
    story.plans();
    story.at(31).watches();
    story.diagnoses();
    const ended = story.plans();
    return { story, ended };
  };

  test('stays when nobody answers and it is handed over; without relief it is reverted', () => {
    expect(started(relieving(false).ended)).toEqual(['undo first']);
    const { story, ended } = relieving();
    expect(types(ended)).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toMatch(/Stays until the signals are clear: "Do first"/);
    expect(automationLines(story.incident).join()).toContain('npx incident revert INC-2026-04-07-001 first');
    for (const minute of [40, 90, 300]) {
      story.at(minute).watches();
      expect(attemptUnderWay(story.incident)).toBeUndefined();
    }
  });

  test('is reverted when the signals are clear', () => {
    const { story } = relieving();
    story.at(40).clears();
    story.watches();
    story.diagnoses();
    expect(started(story.plans())).toEqual(['undo first']);
  });

  test.each([
    ['measured harm', (story: Story) => void story.suffers(0.9)],
    ['a person', (story: Story) => void story.tell({ type: 'revert', step: 'first', by: 'ada' })],
  ])('is reverted by %s, and nothing else is done', (_, revert) => {
    const story = diagnosed(temporary('first'), step('second', { mode: 'approve' }));
    story.diagnoses({ desiredTasks: 10, usersAffectedShare: 0.4 });
    story.plans();
    const run = 'INC-2026-04-07-001/1/first';
    story.tell({ type: 'record outcome', attempt: 1, outcome: { run, checks: FAILED, impact: 'relieved' } });
    story.plans();
    revert(story.at(10));
    expect(attemptUnderWay(story.incident)).toMatchObject({ number: 2, revert: true });
    expect(story.incident.approval?.step, 'the question stays open').toBe('second');
    story.diagnoses();
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends();
    expect(story.plans()).toMatchObject([{ type: 'ResponseEnded', outcome: 'reverted' }]);
    expect(story.tell({ type: 'revert', step: 'first', by: 'ben' })).toEqual([]);
    expect(story.refused).toBe('INC-2026-04-07-001: first has left no change');
  });

  test('is not reverted again automatically after a failed revert, and once more by a person', () => {
    const { story } = relieving();
    const revert = () => story.tell({ type: 'revert', step: 'first', by: 'ada' });
    revert();
    story.diagnoses();
    story.plans();
    story.ends('AccessDenied');
    expect(story.at(90).due()).not.toContainEqual(expect.objectContaining({ type: 'put back' }));
    story.at(91);
    revert();
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ run: 'INC-2026-04-07-001/1/first/undo/2' }]);
  });

  test('is not reverted while automation is off, whoever asks', () => {
    const { story } = relieving();
    story.tell({ type: 'revert', step: 'first', by: 'ada' });
    story.diagnoses();
    expect(types(story.plans(OFF))).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toMatch(/^a person wants it reverted\. not put back \(kill switch/);
  });
});

describe('an execution whose attempt is over', () => {
  const abandoned = () => {
    const story = running(step('first'));
    const run = 'INC-2026-04-07-001/1/first';
    story.tell({ type: 'note execution', attempt: 1, run, execution: 'e-1' });
    story.at(5).tell({ type: 'end response', attempt: 1, reason: 'automation was switched off' });
    return { story, run };
  };

  test('is to be stopped until it is, once, and its changes are recorded', () => {
    const { story, run } = abandoned();
    const stop = { type: 'stop execution', run, execution: 'e-1' };
    expect(story.due()).toContainEqual(stop);
    story.resolves();
    expect(story.due(), 'also when somebody has resolved it').toContainEqual(stop);
    const stopped = story.tell({ type: 'record stop', run, changed: ['setCount: ecs UpdateService'] });
    expect(types(stopped)).toEqual(['ExecutionStopped']);
    expect(story.due()).not.toContainEqual(stop);
    expect(story.tell({ type: 'record stop', run, changed: [] })).toEqual([]);
  });

  test('is not stopped if it ended in time', () => {
    const story = running(step('first'));
    story.ends();
    story.tell({ type: 'end response', attempt: 1, reason: 'stalled' });
    expect(story.due()).not.toContainEqual(expect.objectContaining({ type: 'stop execution' }));
  });

  test('without a known id is looked for and stopped, for an hour', () => {
    const story = running(step('first'));
    story.tell({ type: 'end response', attempt: 1, reason: 'stalled' });
    const stop = { type: 'stop execution', run: 'INC-2026-04-07-001/1/first' };
    expect(story.due()).toContainEqual(stop);
    story.at(60);
    expect(story.due()).not.toContainEqual(stop);
  });
});

test('a run that ended before it changed anything leaves nothing to revert', () => {
  const story = running(temporary('first'));
  const outcome = {
    run: 'INC-2026-04-07-001/1/first',
    reason: 'a newer deployment has taken its place',
    unchanged: true,
  } as const;
  story.tell({ type: 'record outcome', attempt: 1, outcome });
  expect(types(story.plans())).toEqual(['HandedOver', 'ResponseEnded']);
});
