import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  overtakenBy,
  scalingProgress,
  toSuspend,
  toText,
  toWays,
  WAYS,
  whyNotScaled,
} from '../../../lambda/domain/remedies/scaling.ts';

const count = fc.integer({ min: 0, max: 30 });

describe('the number of tasks', () => {
  it('is set only while it is the number that the caller judged by', () => {
    const service = { status: 'ACTIVE', desiredCount: 10 };
    expect(overtakenBy(service, 5, '10')).toBeUndefined();
    expect(overtakenBy(service, 5, '')).toBeUndefined();
    // Half done before, it goes on from there.
    expect(overtakenBy(service, 10, '9')).toBeUndefined();
    expect(overtakenBy(service, 5, '9')).toBe('it is to run 10 tasks by now, not 9');
  });

  it('is not set of a service that ends, nor where another controller starts the tasks', () => {
    const service = { status: 'ACTIVE', desiredCount: 10 };
    expect(whyNotScaled(service)).toBeUndefined();
    expect(whyNotScaled({ ...service, status: 'DRAINING' })).toBe('the service is DRAINING');
    expect(whyNotScaled({ ...service, deploymentController: { type: 'EXTERNAL' } })).toContain('EXTERNAL');
  });

  it('is reached with the target or beyond, whatever auto scaling does afterwards', () => {
    fc.assert(
      fc.property(count, count, count, count, fc.boolean(), (target, former, desiredCount, runningCount, auto) => {
        const progress = scalingProgress({ desiredCount, runningCount }, target, former, auto);
        const reached = target < former ? runningCount <= target : runningCount >= target;
        if (reached) expect(progress).toMatchObject({ verdict: 'done' });
        // Nothing is called done that nobody wants: less than was asked for only where auto scaling wants no more.
        else if (progress !== 'waiting' && progress.verdict === 'done')
          expect(auto && desiredCount !== target).toBe(true);
        if (!auto && progress !== 'waiting' && progress.verdict === 'failed') expect(desiredCount).not.toBe(target);
      }),
    );
  });

  it('fails at once when somebody else sets it, and is awaited while ECS answers with the old one', () => {
    const at = (desiredCount: number, runningCount: number, auto = false) =>
      scalingProgress({ desiredCount, runningCount }, 20, 10, auto);
    expect(at(10, 10)).toBe('waiting');
    expect(at(20, 14)).toBe('waiting');
    expect(at(15, 15)).toMatchObject({ verdict: 'failed', reason: expect.stringContaining('to 15 meanwhile, not 20') });
    expect(at(15, 15, true)).toMatchObject({ verdict: 'done' });
    expect(at(25, 20)).toMatchObject({ verdict: 'done' });
  });
});

it('a scaling activity that somebody had suspended is never resumed', () => {
  fc.assert(
    fc.property(fc.subarray([...WAYS]), theirs => {
      const ours = toSuspend(theirs);
      expect([...ours, ...theirs].toSorted()).toEqual([...WAYS].toSorted());
      expect(ours.filter(way => theirs.includes(way))).toEqual([]);
      expect(toWays(toText(ours))).toEqual(ours);
    }),
  );
  expect(toWays('none')).toEqual([]);
});
