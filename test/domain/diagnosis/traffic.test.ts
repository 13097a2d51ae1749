import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, judgeTraffic, minutesOf, trafficWords } from '../../../lambda/domain/diagnosis/traffic.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-04-07T10:00:30.000Z');
/** The beginning of the minute that ended so many minutes before 10:00. */
const began = (minutesAgo: number) => Date.parse('2026-04-07T10:00:00.000Z') - (minutesAgo + 1) * MINUTE;
const LEAST = 50;

/** Counts of minutes that ended so long ago; nothing is counted where the number is zero. */
function counted(minutes: Record<number, Partial<Record<keyof Counts, number>>>): Counts {
  const counts: Counts = {};
  for (const [ago, sums] of Object.entries(minutes))
    for (const [id, value] of Object.entries(sums))
      counts[id as keyof Counts] = [...(counts[id as keyof Counts] ?? []), { at: began(Number(ago)), value }];
  return counts;
}

const judge = (minutes: Parameters<typeof counted>[0], since?: number) =>
  judgeTraffic(minutesOf(counted(minutes), NOW), NOW, LEAST, since);
const shareOf = (minutes: Parameters<typeof counted>[0]) => {
  const traffic = judge(minutes);
  return 'share' in traffic ? traffic.share : traffic.unknown;
};

describe('the share of failing requests', () => {
  it('is judged by the last settled minute, and has the end of that minute', () => {
    expect(judge({ 4: { requests: 100, errors: 90 }, 3: { requests: 100, errors: 20 } })).toEqual({
      ...{ share: 0.2, measuredAt: '2026-04-07T09:57:00.000Z' },
    });
  });

  it('is zero when requests were counted and errors were not', () => {
    expect(shareOf({ 3: { requests: 100 } })).toBe(0);
  });

  it('is judged by as many minutes as hold the least number of requests, and by five at most', () => {
    expect(shareOf({ 5: { requests: 30, errors: 30 }, 4: { requests: 30, errors: 3 }, 3: { requests: 30 } })).toBe(
      3 / 60,
    );
    expect(shareOf({ 8: { requests: 100, errors: 100 }, 7: { requests: 49, errors: 49 } })).toBe('too few requests');
  });

  it.each([
    ['one failed request in an hour', { 20: { requests: 1, errors: 1 } }],
    ['one failed request just now', { 3: { requests: 1, errors: 1 } }],
    ['many requests, but long ago', { 9: { requests: 1000, errors: 1000 } }],
    ['no request at all', {}],
  ])('is unknown with too few requests: %s', (_, minutes) => {
    expect(shareOf(minutes)).toBe('too few requests');
  });

  it('counts requests without a target, which RequestCount leaves out', () => {
    expect(shareOf({ 3: { refused: 200 } })).toBe(1);
    expect(shareOf({ 3: { requests: 100, refused: 100 } })).toBe(0.5);
  });

  it('counts a request once when a target was chosen but the load balancer answered', () => {
    expect(shareOf({ 3: { requests: 100, refused: 100, timedOut: 60, badGateway: 40 } })).toBe(1);
    expect(shareOf({ 3: { requests: 100, errors: 10, refused: 30, timedOut: 10 } })).toBe(40 / 120);
  });

  it('is high early when a newer minute already fails, compared with the busiest minute', () => {
    const well = { 3: { requests: 100 } };
    expect(judge({ ...well, 0: { requests: 100, errors: 40 } })).toEqual({
      ...{ share: 0.4, measuredAt: '2026-04-07T10:00:00.000Z' },
    });
    // Errors came before the requests that they are of.
    expect(shareOf({ ...well, 0: { errors: 40 } })).toBe(0.4);
    expect(shareOf({ ...well, 0: { requests: 10, errors: 4 } })).toBe(0);
  });

  it('is not low early, because errors may still come in', () => {
    expect(shareOf({ 3: { requests: 100, errors: 40 }, 0: { requests: 100 } })).toBe(0.4);
  });

  it('leaves out the current minute', () => {
    expect(shareOf({ 3: { requests: 100 }, [-1]: { requests: 100, errors: 100 } })).toBe(0);
  });

  it('since a moment counts only minutes that began after it', () => {
    const minutes = { 5: { requests: 100, errors: 90 }, 3: { requests: 100 } };
    expect(judge(minutes, began(4) + 1)).toMatchObject({ share: 0 });
    expect(judge(minutes, began(3) + 1)).toEqual({ unknown: 'no whole minute' });
    expect(judge({ ...minutes, 1: { errors: 80 } }, began(3) + 1)).toMatchObject({ share: 0.8 });
    expect(judge({ 5: { requests: 100 } }, began(4))).toEqual({ unknown: 'too few requests' });
  });

  it('is put into words', () => {
    expect([judge({ 3: { requests: 100, errors: 38 } }), judge({}), judge({}, began(0))].map(trafficWords)).toEqual([
      ...['38 % of requests fail', 'too few requests to judge', 'no whole minute of requests'],
    ]);
  });
});

describe('counts that come up to three minutes late, in any parts,', () => {
  /** Not `fc.double`: most of its values are next to zero. */
  const share = fc.integer({ min: 0, max: 100 }).map(percent => percent / 100);
  const late = fc.integer({ min: 0, max: 180 });
  const count = fc.record({
    requests: fc.integer({ min: 0, max: 300 }),
    failing: share,
    /** Of requests and of errors each, two parts: what share is the first, and by how many seconds each is late. */
    parts: fc.array(fc.tuple(share, late, late), { minLength: 2, maxLength: 2 }),
  });

  /** Twenty minutes as they truly were, and what has come in of them. */
  const world = fc.array(count, { minLength: 20, maxLength: 20 }).map(minutes => {
    const truth = minutes.map(({ requests, failing, parts }, i) => {
      const at = began(19 - i);
      const errors = Math.round(requests * failing);
      const seen = (total: number, [first = 0, late1 = 0, late2 = 0]: readonly number[] = []) => {
        const part = Math.round(total * first);
        const arrived = (late: number) => at + MINUTE + late * 1000 <= NOW.getTime();
        return (arrived(late1) ? part : 0) + (arrived(late2) ? total - part : 0);
      };
      return { at, requests, errors, seen: { requests: seen(requests, parts[0]), errors: seen(errors, parts[1]) } };
    });
    const series = (id: 'requests' | 'errors') =>
      truth.flatMap(({ at, seen }) => (seen[id] > 0 ? [{ at, value: seen[id] }] : []));
    return { truth, counts: { requests: series('requests'), errors: series('errors') } };
  });

  it('are exact for a settled minute, and overstate no other', () => {
    fc.assert(
      fc.property(world, ({ truth, counts }) => {
        const busiest = Math.max(...truth.slice(0, 17).map(({ requests }) => requests));
        for (const { at, requests, failed, settled } of minutesOf(counts, NOW)) {
          const was = truth.find(minute => minute.at === at) ?? { requests: Number.NaN, errors: Number.NaN };
          if (settled) expect([requests, failed]).toEqual([was.requests, was.errors]);
          // Traffic that has grown since is the one thing that is not known yet.
          else if (was.requests <= busiest) expect(failed / requests).toBeLessThanOrEqual(was.errors / was.requests);
        }
      }),
    );
  });

  it('yield a share that truly failed, or a higher one of a newer minute', () => {
    fc.assert(
      fc.property(world, ({ truth, counts }) => {
        const whole = {
          requests: [] as { at: number; value: number }[],
          errors: [] as { at: number; value: number }[],
        };
        for (const { at, requests, errors } of truth.slice(0, 17)) {
          whole.requests.push({ at, value: requests });
          whole.errors.push({ at, value: errors });
        }
        const exact = judgeTraffic(minutesOf(whole, NOW), NOW, LEAST);
        const traffic = judgeTraffic(minutesOf(counts, NOW), NOW, LEAST);
        const early =
          'share' in traffic
            ? truth.slice(17).find(({ at }) => at + MINUTE === Date.parse(traffic.measuredAt))
            : undefined;
        expect(early ? undefined : traffic).toEqual(early ? undefined : exact);
        if (!early || !('share' in traffic)) return;
        const least = 'share' in exact && exact.share > 0 ? exact.share : 0.05;
        const busiest = Math.max(...truth.slice(0, 17).map(({ requests }) => requests));
        expect(traffic.share).toBeGreaterThanOrEqual(least);
        expect(traffic.share).toBeLessThanOrEqual(early.errors / Math.min(early.requests, busiest));
      }),
    );
  });
});

describe('the response time', () => {
  const time = (minutes: Parameters<typeof counted>[0], seconds: Record<number, number>) => {
    const points = Object.entries(seconds).map(([ago, value]) => ({ at: began(Number(ago)), value }));
    return judgeTraffic(minutesOf({ ...counted(minutes), seconds: points, p95: points }, NOW), NOW, LEAST);
  };

  it('is the mean of the judged minutes, weighted by their requests', () => {
    const minutes = { 4: { requests: 20 }, 3: { requests: 30 } };
    expect(time(minutes, { 4: 1, 3: 2, 0: 9 })).toEqual({
      ...{ share: 0, seconds: 1.6, p95: 1.6 },
      measuredAt: '2026-04-07T09:57:00.000Z',
    });
  });

  it('is unknown with too few requests, or when no target answered', () => {
    expect(time({ 3: { requests: 49 } }, { 3: 9 })).toEqual({ unknown: 'too few requests' });
    expect(time({ 3: { refused: 100 } }, {})).not.toHaveProperty('seconds', expect.any(Number));
  });
});
