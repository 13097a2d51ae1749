import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { RunOutcome } from '../../../lambda/domain/incident/commands.ts';
import { impactOf, type Measured } from '../../../lambda/domain/remediation/impact.ts';
import { isSuccess, verdictOf, verdictWords } from '../../../lambda/domain/remediation/verdict.ts';
import { fired } from '../../support/stories.ts';
import { FAILED, PASSED, type Story, step, temporary } from '../../support/story.ts';

const BEFORE = { desiredTasks: 10, usersAffectedShare: 0.4, healthFailingShare: 0.5 };
const WELL = { usersAffectedShare: 0, healthFailingShare: 0 };

/** One step that changes something for a while, on a service of which 40 % of the requests fail. */
function underWay(planned = temporary('first'), facts: Record<string, number> = BEFORE): Story {
  const story = fired(planned);
  story.diagnoses(facts);
  story.plans();
  return story;
}

const ends = (story: Story, outcome: Partial<RunOutcome>) => {
  story.tell({
    type: 'record outcome',
    attempt: 1,
    outcome: { run: story.incident.runs[0]?.run ?? '', checks: FAILED, ...outcome },
  });
  return story;
};

function judged({ incident }: Story, run = incident.runs[0]) {
  if (!run) throw new Error('nothing has run');
  return verdictOf(incident, run);
}
const words = (story: Story) => verdictWords(judged(story));

describe('the verdict on a step', () => {
  it('is not known before its outcome', () => expect(words(underWay())).toBe('not known'));

  it('is that it helped when it was verified, with the measure', () =>
    expect(words(ends(underWay(), { checks: PASSED, after: WELL }))).toBe(
      'helped: from 40 % to 0 % of requests failing',
    ));

  it('is that it helped when fewer people suffer, although a signal stayed red', () =>
    expect(words(ends(underWay(), { impact: 'relieved', after: WELL }))).toBe(
      'helped: from 40 % to 0 % of requests failing',
    ));

  it('is the same of a step that has no revert, of which no impact was recorded', () =>
    expect(words(ends(underWay(step('first')), { after: WELL }))).toBe('helped: from 40 % to 0 % of requests failing'));

  it('is that it did not help when as many suffer as before', () =>
    expect(words(ends(underWay(), { after: { usersAffectedShare: 0.4, healthFailingShare: 0 } }))).toBe(
      'did not help: from 40 % to 40 % of requests failing',
    ));

  it('says that it made it worse', () => {
    const story = ends(underWay(), { impact: 'harmful', after: { usersAffectedShare: 0.9, healthFailingShare: 1 } });
    expect(words(story)).toBe('did not help, and made it worse: from 40 % to 90 % of requests failing');
    expect(isSuccess(judged(story))).toBe(false);
  });

  it('has no measure where nothing measured people suffering', () => {
    const quiet = { desiredTasks: 10, ...WELL };
    expect(words(ends(underWay(temporary('first'), quiet), { after: WELL }))).toBe('did not help');
  });

  it('is that it could not be run when its runbook failed', () =>
    expect(words(ends(underWay(), { checks: undefined, reason: 'AccessDenied' }))).toBe('could not be run'));

  it('is not known when its attempt crashed while it ran', () => {
    const story = underWay();
    story.tell({ type: 'end response', attempt: 1, reason: 'States.Timeout' });
    expect(words(story)).toBe('not known');
  });

  it('is that it was not tried when it ran dry', () => {
    const story = underWay(temporary('first', { mode: 'observe' }));
    ends(story, { checks: undefined, report: ['would scale'] });
    expect(words(story)).toBe('not tried');
  });

  it('is that it was done when only its own runbook verifies it, and of a revert', () => {
    expect(words(ends(underWay(step('dump', { verifiedBy: 'runbook' })), { checks: PASSED, after: WELL }))).toBe(
      'done: from 40 % to 0 % of requests failing',
    );
    const story = ends(underWay(), { checks: FAILED, after: { usersAffectedShare: 0.4, healthFailingShare: 0.5 } });
    story.plans();
    story.ends(PASSED);
    expect(judged(story, story.incident.runs[1])).toMatchObject({ verdict: 'done' });
  });
});

describe('a step helped for a while', () => {
  test('when a signal of its playbook fires after it', () => {
    const story = ends(underWay(step('first')), { checks: PASSED, after: WELL });
    story.at(10).clears();
    story.at(12).fires();
    expect(words(story)).toBe('helped for a while: from 40 % to 0 % of requests failing');
  });

  test('when people suffer again, and the signals have not been clear', () => {
    const story = ends(underWay(), { impact: 'relieved', after: WELL });
    story.tell({ type: 'end response', attempt: 1, reason: 'its end' });
    story.at(5).measures(WELL, WELL);
    expect(judged(story).verdict).toBe('helped');
    story.at(8).suffers();
    expect(judged(story).verdict).toBe('helped for a while');
  });

  test('but not when the trouble comes back after it was reverted', () => {
    const story = ends(underWay(), { impact: 'relieved', after: WELL });
    story.at(3).clears();
    story.plans();
    story.ends(PASSED);
    story.plans();
    story.at(12).fires();
    expect(story.incident.runs.map(({ undoes }) => undoes !== undefined)).toEqual([false, true]);
    expect(judged(story).verdict).toBe('helped');
  });

  test('and then did harm', () => {
    const story = ends(underWay(), { impact: 'relieved', after: WELL });
    story.tell({ type: 'end response', attempt: 1, reason: 'its end' });
    story.at(9).measures({ usersAffectedShare: 0.9 }, { usersAffectedShare: 0.9 });
    expect(words(story)).toBe('helped for a while, then made it worse: from 40 % to 0 % of requests failing');
  });
});

test('what measurements show to have relieved people is never said not to have helped, and nothing else is said to have', () => {
  const share = fc.option(
    fc.integer({ min: 0, max: 20 }).map(n => n / 20),
    { nil: undefined },
  );
  const measured: fc.Arbitrary<Measured> = fc
    .record({
      usersAffectedShare: share,
      healthFailingShare: share,
      responseSeconds: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
    })
    .map(all => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Measured);
  fc.assert(
    fc.property(measured, measured, (before, after) => {
      const impact = impactOf(before, after);
      const story = ends(underWay(temporary('first'), { desiredTasks: 10, ...before }), { impact, after });
      const { verdict, madeWorse } = judged(story);
      expect(verdict).toBe(impact === 'relieved' ? 'helped' : 'did not help');
      expect(madeWorse).toBe(impact === 'harmful');
    }),
    { numRuns: 100 },
  );
});
