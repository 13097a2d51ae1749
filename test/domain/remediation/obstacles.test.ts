import { describe, expect, test } from 'vitest';
import type { Readings } from '../../../lambda/domain/incident/commands.ts';
import { attemptUnderWay } from '../../../lambda/domain/incident/incident.ts';
import { diagnosed, OFF, reasonOf, running } from '../../support/stories.ts';
import { FAILED, minute, of, READINGS, type Story, step, temporary } from '../../support/story.ts';

const UNREADABLE: Readings = { ...READINGS, automation: 'unreadable' };
const WINDOW: Readings = { ...READINGS, maintenanceUntil: minute(60) };

/** The watch looks each minute until an attempt begins. Gives the minute of it, or undefined. */
function triedAgainAt(story: Story, from: number, to: number): number | undefined {
  for (let at = from; at <= to; at++) {
    story.at(at).watches();
    if (attemptUnderWay(story.incident)) return at;
  }
  return undefined;
}

describe('a plan that was held back', () => {
  test.each([
    ['automation was off', OFF],
    ['the kill switch could not be read', UNREADABLE],
    ['a person had opened a maintenance window', WINDOW],
  ])('as %s has another turn within two minutes of its end, and none before', (_, readings) => {
    const story = diagnosed(step('first'));
    story.readings = readings;
    story.responds();
    expect(reasonOf(story)).toMatch(/Automation tries again once what holds it back has passed$/);
    expect(triedAgainAt(story, 1, 50)).toBeUndefined();
    story.readings = READINGS;
    expect(triedAgainAt(story, 51, 60)).toBeLessThanOrEqual(52);
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'first', dryRun: false }]);
  });

  test('says that the kill switch cannot be read, and not that it is off', () => {
    const story = diagnosed(step('first'));
    story.readings = UNREADABLE;
    story.responds();
    expect(reasonOf(story)).toMatch(/^the kill switch cannot be read, which counts as off/);
  });

  test.each([
    ['its workflow failed', (story: Story) => story.tell({ type: 'end response', attempt: 1, reason: 'throttled' })],
    [
      'its runbook failed before it changed anything',
      (story: Story) => {
        story.plans();
        const [run] = story.incident.runs;
        const outcome = { run: run?.run ?? '', reason: 'Rate exceeded', unchanged: true as const };
        story.tell({ type: 'record outcome', attempt: 1, outcome });
        story.plans();
      },
    ],
  ])('because %s has another turn within half an hour, again and again, and people are told once', (_, fails) => {
    const story = diagnosed(step('first'));
    fails(story);
    for (let last = 0, tries = 0; tries < 6; tries++) {
      const at = triedAgainAt(story, last + 1, last + 40);
      expect((at ?? 99) - last).toBeLessThanOrEqual(30);
      last = at ?? 0;
      const attempt = story.incident.attempt?.number ?? 0;
      story.tell({ type: 'end response', attempt, reason: 'throttled' });
    }
    expect(of(story.incident.timeline, 'HandedOver')).toHaveLength(1);
    expect(triedAgainAt(story, 200, 240)).toBeDefined();
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'first', dryRun: false }]);
  });

  test('goes on without the steps that have had their try', () => {
    const story = running(step('first'), step('second'));
    story.ends(FAILED);
    story.readings = OFF;
    story.plans();
    story.ends([]);
    story.plans();
    story.readings = READINGS;
    triedAgainAt(story, 1, 5);
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'second', dryRun: false }]);
  });

  test('has no other turn when nothing fires any more, when it is resolved, and when every step had its try', () => {
    const tried = running(step('first'));
    tried.ends(FAILED);
    tried.plans();
    expect(triedAgainAt(tried, 1, 60)).toBeUndefined();
    const calm = diagnosed(step('first'));
    calm.readings = OFF;
    calm.responds();
    calm.readings = READINGS;
    calm.at(1).clears();
    expect(triedAgainAt(calm, 1, 60)).toBeUndefined();
  });
});

test('a change whose revert was held back is reverted when automation is on again', () => {
  const story = running(temporary('first'));
  story.at(1).clears();
  story.ends();
  story.readings = OFF;
  story.plans();
  expect(triedAgainAt(story, 2, 40)).toBeUndefined();
  story.readings = READINGS;
  triedAgainAt(story, 41, 45);
  story.diagnoses();
  expect(of(story.plans(), 'StepStarted')).toMatchObject([{ undoes: 'INC-2026-04-07-001/1/first' }]);
});

describe('a run of which nobody knows how it ended', () => {
  const lost = () => {
    const story = running(temporary('first'));
    story.at(4).tell({ type: 'end response', attempt: 1, reason: 'throttled' });
    return { story, run: 'INC-2026-04-07-001/1/first' };
  };

  test('is not said to have changed anything, and nothing else acts until it is known', () => {
    const { story } = lost();
    expect(reasonOf(story)).toMatch(/Not known yet if this changed anything, and being looked up: "Do first"/);
    expect(reasonOf(story)).not.toContain('Still changed');
    expect(triedAgainAt(story, 5, 40)).toBeUndefined();
  });

  test('found not to have begun, needs no revert, and its step is tried again', () => {
    const { story, run } = lost();
    story.at(14).tell({ type: 'record stop', run, changed: [] });
    expect(triedAgainAt(story, 15, 20)).toBe(15);
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ step: 'first', dryRun: false }]);
  });

  test('found to have changed something, is put back', () => {
    const { story, run } = lost();
    story.at(14).tell({ type: 'record stop', run, changed: ['half of the tasks'] });
    triedAgainAt(story, 15, 20);
    story.diagnoses();
    expect(of(story.plans(), 'StepStarted')).toMatchObject([{ undoes: run }]);
  });
});
