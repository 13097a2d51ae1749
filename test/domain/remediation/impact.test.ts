import { describe, expect, it, test } from 'vitest';
import { requestsFailing } from '../../../lambda/domain/diagnosis/service-health.ts';
import type { Traffic } from '../../../lambda/domain/diagnosis/traffic.ts';
import { harmCheck, impactOf, type Measured } from '../../../lambda/domain/remediation/impact.ts';
import { fired } from '../../support/stories.ts';
import {
  FAILED,
  minute,
  of,
  PASSED,
  READINGS,
  type Story,
  started,
  step,
  temporary,
  types,
} from '../../support/story.ts';

const share = (usersAffectedShare: number): Measured => ({ usersAffectedShare });
const health = (healthFailingShare: number): Measured => ({ healthFailingShare });
const slow = (responseSeconds: number): Measured => ({ responseSeconds });
const both = (requests: number, urls: number): Measured => ({ ...share(requests), ...health(urls) });

/** A temporary step and one after it, the first under way. */
function underWay(): Story {
  const story = fired(temporary('first'), step('second'));
  story.diagnoses({ desiredTasks: 10, usersAffectedShare: 0.2 });
  story.plans();
  return story;
}

const harmful = (story: Story) =>
  story.tell({
    type: 'record outcome',
    attempt: 1,
    outcome: { run: story.incident.runs[0]?.run ?? '', checks: FAILED, impact: 'harmful' },
  });

describe('a harmful step', () => {
  test('is reverted at once, then the plan goes on', () => {
    const story = underWay();
    harmful(story);
    expect(started(story.plans())).toEqual(['undo first']);
    story.ends(PASSED);
    expect(started(story.plans())).toEqual(['second']);
    story.ends(FAILED);
    expect(types(story.plans())).toEqual(['HandedOver', 'ResponseEnded']);
  });

  test('is not one that only did not help, which stays until the attempt ends', () => {
    const story = underWay();
    story.ends(FAILED);
    expect(started(story.plans())).toEqual(['second']);
  });

  test('that may not be reverted is handed over, with the change that is left', () => {
    const story = underWay();
    harmful(story);
    const off = { ...READINGS, automation: { value: 'off', since: minute(-10_000) } } as const;
    const [handedOver] = of(story.plans(off), 'HandedOver');
    expect(handedOver?.reason).toMatch(/^a step made it worse\. not put back \(kill switch.+Still changed/);
  });
});

describe('the impact of a run on people', () => {
  it.each<[string, Measured, Measured, ReturnType<typeof impactOf>]>([
    ['a tenth more of the requests fail', share(0.2), share(0.31), 'harmful'],
    ['a little more of the requests fail', share(0.2), share(0.29), undefined],
    ['nobody knows what failed before', {}, share(1), undefined],
    ['nobody knows what fails since', share(0.2), {}, undefined],
    ['no health URL answers any more, and there is no request', health(0.5), health(1), 'harmful'],
    ['no health URL answered before', health(1), health(1), undefined],
    ['one more health URL fails', health(0), health(0.5), undefined],
    ['half as many requests fail', share(0.4), share(0.2), 'relieved'],
    ['most requests fail as before', share(0.4), share(0.25), undefined],
    ['almost no request failed before', share(0.01), share(0), undefined],
    ['all health URLs answer again', health(1), health(0), 'relieved'],
    ['health URLs answer again, and as many requests fail', both(0.4, 1), both(0.4, 0), undefined],
    ['health URLs answer again, and the requests are not known', both(0.4, 1), health(0), undefined],
    ['health URLs answer again, and requests begin to fail', both(0, 1), both(0.08, 0), undefined],
    ['answers become slow', { ...share(0), ...slow(0.3) }, { ...share(0), ...slow(4) }, 'harmful'],
    ['slow answers in place of quick errors', { ...share(1), ...slow(0.1) }, { ...share(0.75), ...slow(4) }, undefined],
    ['a health URL answers again, slowly', { ...health(1), ...slow(0.1) }, { ...health(0.5), ...slow(4) }, undefined],
    ['fewer requests fail, and no health URL answers', both(0.4, 0.5), both(0.1, 1), 'harmful'],
  ])('is judged by requests and health URLs: %s', (_, before, after, impact) => {
    expect(impactOf(before, after)).toBe(impact);
  });
});

it('harm is reported with the measurements before and since', () => {
  const [run] = underWay().incident.runs;
  if (!run) throw new Error('there is no run');
  const measuredAt = minute(3);
  const facts = both(0.2, 0.5);
  const seen = (traffic: Traffic, failing: number) => harmCheck({ ...run, facts }, traffic, failing)?.seen;
  expect(seen({ share: 0.31, measuredAt }, 0.5)).toBe('31 % since, 20 % before: it made it worse');
  expect(seen({ unknown: 'no whole minute' }, 1)).toBe('none answers since, some did before: it made it worse');
  expect(seen({ share: 0.29, measuredAt }, 0.5)).toBeUndefined();
});

it('people are relieved when less than 5 % of requests fail, or too few requests come', () => {
  const passed = (traffic: Traffic) => requestsFailing(traffic).passed;
  expect(passed({ share: 0.04, measuredAt: minute(3) })).toBe(true);
  expect(passed({ share: 0.05, measuredAt: minute(3) })).toBe(false);
  expect(passed({ unknown: 'too few requests' })).toBe(true);
  expect(passed({ unknown: 'no whole minute' })).toBe(false);
});
