import { describe, expect, test } from 'vitest';
import { attemptUnderWay, isOpen } from '../../../lambda/domain/incident/incident.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { automationLines } from '../../../lambda/domain/messages/automation-lines.ts';
import { afterFailedStep, diagnosed, OFF, reasonOf, running } from '../../support/stories.ts';
import { FAILED, minute, of, policy, READINGS, Story, started, step, temporary, types } from '../../support/story.ts';

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
    expect(reasonOf(story)).toBe('what automation tried did not help. Do first: did not help (health: 503)');
  });

  test('whose revert is not verified is handed over at once, and not tried again', () => {
    const story = afterFailedStep(temporary('first'), temporary('second'));
    story.clears();
    story.ends();
    story.plans();
    expect(types(story.ends(FAILED))).toEqual(['StepFailed', 'HandedOver', 'ResponseEnded']);
    expect(reasonOf(story)).toContain('Undo second was done, and not verified: health: 503');
    expect(reasonOf(story), 'what was put back').not.toContain('"Do second"');
    expect(reasonOf(story), 'the other change').toContain('"Do first" (runbook first, run INC-2026-04-07-001/1/first)');
    expect(story.at(400).due()).not.toContainEqual(expect.objectContaining({ type: 'put back' }));
  });

  test('that was put back is not called changed, though people are worse off since, and the incident ends', () => {
    const story = running(temporary('first'));
    story.clears();
    story.ends();
    story.plans();
    story.tell({
      type: 'record outcome',
      attempt: 1,
      outcome: { run: story.incident.runs.at(-1)?.run ?? '', checks: FAILED, impact: 'harmful' },
    });
    expect(reasonOf(story)).not.toContain('Still changed');
    expect(story.at(400).due()).toContainEqual({ type: 'settle' });
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
  const named = '"Do first" (runbook first, run INC-2026-04-07-001/1/first)';
  const left = `. Still changed, to be put back by hand: ${named}`;
  const perhaps = `. Perhaps still changed, as the revert failed: look, and put it back by hand: ${named}`;

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
    expect(story.resolves()).toMatchObject([{ type: 'Resolved', reason: `fixed by hand${perhaps}` }]);
  });

  test('does not happen automatically after a hand-over', () => {
    const story = running(temporary('first'));
    story.at(1).clears();
    story.ends();
    story.readings = OFF;
    story.plans();
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

describe('a change that is to stay unless its runbook did not end well', () => {
  const revert = { title: 'Take first back', parameters: {}, when: 'unfinished' as const };
  const after = (outcome: typeof FAILED | string) => {
    const story = running(step('first', { revert }), step('second'));
    story.ends(outcome);
    return started(story.plans());
  };

  test('stays where only an alarm stays red', () => expect(after(FAILED)).toEqual(['second']));

  test('is reverted where it stands halfway', () => expect(after('it broke')).toEqual(['undo first']));
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

test('a cancelled incident stays cancelled when a step is reverted before it resolves', () => {
  const revert = { title: 'Undo', parameters: {} };
  const story = Story.under(policy([step('first', { revert })], { severities: RUNBOOK_SEVERITIES }));
  story.fires();
  story.diagnoses({ desiredTasks: 10 });
  story.plans();
  story.tell({ type: 'resolve', by: 'ada', reason: 'a mistake', cancelled: true });
  story.ends('stopped');
  story.plans();
  story.ends();
  story.plans();
  expect(of(story.incident.timeline, 'Resolved')).toMatchObject([{ cancelled: true }]);
  expect(story.incident.cancelled).toBe(true);
  expect(story.at(5000).due()).toEqual([]);
});
