import { describe, expect, test } from 'vitest';
import { fill } from '../../../lambda/domain/remediation/advice.ts';
import { fired } from '../../support/stories.ts';
import { FAILED, of, policy, Story, step, temporary, types, withPlaybook } from '../../support/story.ts';
import { written } from '../../support/written.ts';

const advice = { action: 'Pool the connections', template: '{databaseConnections} by {runningTasks} tasks' };

/** An incident whose playbook ends with an advice, with 1700 connections and 10 tasks. */
function advisedStory(...plan: Parameters<typeof policy>[0]): Story {
  const base = policy(plan);
  const story = Story.under(withPlaybook(base, { advice }));
  story.facts = { desiredTasks: 10, runningTasks: 10, databaseConnections: 1700 };
  story.fires();
  return story;
}

describe('the follow-up of a playbook', () => {
  test('is raised with its numbers before the hand-over, whose page has it', () => {
    const story = advisedStory(step('first'));
    const happened = story.responds(() => FAILED);
    expect(types(happened).slice(-3)).toEqual(['ActionItemRaised', 'HandedOver', 'ResponseEnded']);
    expect(of(happened, 'ActionItemRaised')).toMatchObject([{ action: advice.action, text: '1,700 by 10 tasks' }]);
    const [handedOver] = of(happened, 'HandedOver');
    expect(handedOver && written(story.incident, handedOver)[0]?.body).toContain(
      'Follow-up\n  Pool the connections: 1,700 by 10 tasks',
    );
  });

  test('is raised on recovery too, and once an incident', () => {
    const story = advisedStory(step('first'));
    story.diagnoses();
    story.plans();
    story.at(3).clears();
    expect(types(story.ends())).toEqual(['StepSucceeded', 'ActionItemRaised', 'Mitigated']);
    story.plans();
    expect(types(story.at(20).watches())).toContain('Resolved');
    expect(story.incident.actionItems).toHaveLength(1);
  });

  test('is raised when the signals clear by themselves', () => {
    const story = advisedStory(step('first', { mode: 'approve' }));
    story.responds();
    expect(types(story.at(9).clears())).toEqual(['SignalCleared', 'ActionItemRaised', 'Mitigated']);
  });

  test('has the numbers from before automation changed anything', () => {
    const story = advisedStory(temporary('first'), step('second', { mode: 'approve' }));
    story.responds(() => FAILED);
    story.at(40).watches();
    story.facts = { desiredTasks: 5, runningTasks: 5, databaseConnections: 900 };
    expect(of(story.responds(), 'ActionItemRaised')).toMatchObject([{ text: '1,700 by 10 tasks' }]);
  });

  test('is not raised for a playbook without one', () => {
    const story = fired(step('first'));
    expect(types(story.responds(() => FAILED))).not.toContain('ActionItemRaised');
  });

  test('says "(not measured)" for a number that was not measured', () => {
    expect(fill('{cpuPercent} {cpuPercent / runningTasks}', { cpuPercent: 71.6 })).toBe('72 (not measured)');
    expect(fill('{cpuPercent / runningTasks}', { cpuPercent: 71, runningTasks: 0 })).toBe('(not measured)');
  });
});

test('a hand-over after an approval that timed out names every step of the plan', () => {
  const story = advisedStory(step('first'), step('second', { mode: 'approve' }));
  story.responds(() => FAILED);
  story.at(40).watches();
  story.responds();
  expect(story.incident.handedOver?.reason).toBe(
    'what automation tried did not help. Do first: did not help (health: 503). Do second: not approved within 30 min',
  );
});
