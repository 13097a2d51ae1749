import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { type Chart, drawChart } from '../../src/engine/chart.ts';

const MINUTE = 60_000;
const points = (...values: number[]) => values.map((value, i) => ({ at: i * MINUTE, value }));

const chart = (changes: Partial<Chart> = {}): Chart => ({
  ...{ title: 'Connections', width: 400, height: 200, from: 0, to: 10 * MINUTE, period: MINUTE },
  ...{ lines: [], horizontal: [], vertical: [] },
  ...changes,
});

/** Counts the pixels of this colour. */
function count(drawing: Uint8Array, colour: string): number {
  const { data } = PNG.sync.read(Buffer.from(drawing));
  return Array.from({ length: data.length / 4 }, (_, i) => data.toString('hex', i * 4, i * 4 + 3)).filter(
    pixel => pixel === colour,
  ).length;
}

const LINE = '1f77b4';
const BOUND = 'b42318';

describe('a chart', () => {
  it('is a PNG of its size, and the same each time', () => {
    const lines = [{ label: 'a', points: points(1, 2, 3) }];
    expect(PNG.sync.read(Buffer.from(drawChart(chart({ lines }))))).toMatchObject({ width: 400, height: 200 });
    expect(drawChart(chart({ lines }))).toEqual(drawChart(chart({ lines })));
  });

  it('shows values where they are: one that doubles climbs', () => {
    const heights = [10, 20].map(value => {
      const drawn = PNG.sync.read(
        Buffer.from(
          drawChart(
            chart({
              minimum: 0,
              horizontal: [{ value: 20, label: '' }],
              lines: [{ label: '', points: points(value, value) }],
            }),
          ),
        ),
      );
      const column = 94;
      return Array.from({ length: 180 }, (_, y) =>
        drawn.data.toString('hex', (y * 400 + column) * 4, (y * 400 + column) * 4 + 3),
      ).indexOf(LINE);
    });
    const [low = 0, high = 0] = heights;
    expect(low).toBeGreaterThan(high);
    expect(high).toBeGreaterThan(0);
  });

  it('breaks a line where data is missing', () => {
    const whole = points(5, 5, 5, 5, 5, 5);
    const broken = whole.filter((_, i) => i !== 2 && i !== 3);
    const drawn = [whole, broken].map(given =>
      count(drawChart(chart({ lines: [{ label: '', points: given }] })), LINE),
    );
    expect(drawn[1]).toBeLessThan(drawn[0] ?? 0);
  });

  it('marks thresholds, and without any data is drawn all the same', () => {
    expect(count(drawChart(chart({ horizontal: [{ value: 3, label: 'Alarm' }] })), BOUND)).toBeGreaterThan(100);
    expect(count(drawChart(chart()), LINE)).toBe(0);
  });
});
