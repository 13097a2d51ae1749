import { describe, expect, test } from 'vitest';
import type { Step } from '../../../lambda/domain/incident/policy.ts';
import { diagnosed, OFF, reasonOf, running } from '../../support/stories.ts';
import {
  FAILED,
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
    expect(reasonOf(story)).toBe(
      'what automation tried did not help. Do first: did not help (health: 503). Do second: could not be run (the runbook ended TimedOut)',
    );
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
      'automation could not run its runbooks to their end. Do second: could not be run (no). Do first: not tried (switched off). Do third: not tried (only from P1 up, and this is a P2)',
    );
  });

  test('without steps is handed over', () => {
    const story = running();
    expect(reasonOf(story)).toBe('automation has no remedy for this');
  });

  test('runs the next step dry once the kill switch is off, then hands over', () => {
    const story = running(step('first'), step('second'));
    story.ends(FAILED);
    expect(of(story.plans(OFF), 'StepStarted')).toMatchObject([{ step: 'second', dryRun: true }]);
    story.ends([]);
    expect(types(story.plans(OFF))).toEqual(['HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toBe(
      'what automation tried did not help. It would have run: Do second (10 tasks are wanted). Do first: did not help (health: 503). ' +
        'Automation tries again once what holds it back has passed',
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
