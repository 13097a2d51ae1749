import { describe, expect, test } from 'vitest';
import { madeWorse } from '../../lambda/domain/effect.ts';
import { FAILED, minute, of, PASSED, READINGS, Story, started, step, temporary, types } from '../support/story.ts';

/** A temporary step and one after it, the first under way. */
function underWay(): Story {
  const story = new Story(temporary('first'), step('second'));
  story.fires();
  story.diagnoses({ desiredTasks: 10, usersAffectedShare: 0.2 });
  story.plans();
  return story;
}

const harmful = (story: Story) =>
  story.tell({
    type: 'record outcome',
    attempt: 1,
    outcome: { run: story.incident.runs[0]?.run ?? '', checks: FAILED, worse: true },
  });

describe('a step that made it worse', () => {
  test('is put back at once, then the plan goes on', () => {
    const story = underWay();
    harmful(story);
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends(PASSED);
    expect(started(story.plans())).toEqual(['second']);
    story.ends(FAILED);
    expect(types(story.plans())).toEqual(['HandedOver', 'ResponseEnded']);
  });

  test('that only did not help stays until the attempt ends', () => {
    const story = underWay();
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['second']);
  });

  test('that may not be put back is handed over, with what is still changed', () => {
    const story = underWay();
    harmful(story);
    const off = { ...READINGS, automation: { value: 'off', since: minute(-10_000) } } as const;
    const [handedOver] = of(story.plans(off), 'HandedOver');
    expect(handedOver?.reason).toMatch(/^a step made it worse\. not put back \(kill switch.+Still changed/);
  });
});

describe('worse is', () => {
  const story = underWay();
  const [run] = story.incident.runs;
  const judged = (shares: number[], facts = { usersAffectedShare: 0.2 }) => {
    if (!run) throw new Error('there is no run');
    const traffic = shares.map((share, i) => ({ at: Date.parse(minute(i)), share }));
    return madeWorse({ ...run, facts }, traffic, minute(2))?.seen;
  };

  test('a tenth more of the requests failing in the latest whole minute since the runbook ended', () => {
    expect(judged([0.2, 0.2, 0.25, 0.31])).toBe('31 % since, 20 % before: it made it worse');
    expect(judged([0.2, 0.2, 0.9, 0.29])).toBeUndefined();
  });

  test('not what was so before it ended, nor what nobody knows', () => {
    expect(judged([0.2, 0.9])).toBeUndefined();
    expect(judged([0, 0, 1, 1], {} as never)).toBeUndefined();
  });
});
