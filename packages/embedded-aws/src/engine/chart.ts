import font from 'oled-font-5x7';
import { PNG } from 'pngjs';

/** Times are in milliseconds. */
export interface Chart {
  title: string;
  width: number;
  height: number;
  from: number;
  to: number;
  lines: { label: string; points: { at: number; value: number }[] }[];
  /** Milliseconds between two points of a line; where one is missing, the line breaks. */
  period: number;
  horizontal: { value: number; label: string }[];
  vertical: { at: number; label: string }[];
  /** The least that is shown. */
  minimum?: number | undefined;
}

type Colour = readonly [number, number, number];

const INK: Colour = [22, 25, 31];
const DIM: Colour = [104, 112, 120];
const GRID: Colour = [226, 230, 234];
const BOUND: Colour = [180, 35, 24];
const LINES: readonly Colour[] = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [148, 103, 189],
];

const MARGIN = { left: 92, right: 24, top: 44, bottom: 64 };
const LETTER = { width: 12, height: 18 };
const MINUTE = 60_000;

/** Draws lines over time as a PNG: the same chart gives the same bytes. */
export function drawChart(chart: Chart): Uint8Array {
  const { width, height, title, from, to, lines, period, horizontal, vertical } = chart;
  const picture = new Picture(width, height);
  const plot = { right: width - MARGIN.right, bottom: height - MARGIN.bottom };
  const ticks = scale(chart);
  const [lowest = 0, highest = 1] = [ticks[0], ticks.at(-1)];
  const x = (at: number) => MARGIN.left + ((at - from) / (to - from)) * (plot.right - MARGIN.left);
  const y = (value: number) => plot.bottom - ((value - lowest) / (highest - lowest)) * (plot.bottom - MARGIN.top);

  picture.text(MARGIN.left, 14, fitting(title, plot.right - MARGIN.left), INK);
  for (const tick of ticks) {
    picture.line(MARGIN.left, y(tick), plot.right, y(tick), GRID);
    const label = short(tick);
    picture.text(MARGIN.left - 8 - label.length * LETTER.width, y(tick) - 7, label, DIM);
  }
  for (const at of moments(from, to)) {
    picture.line(x(at), plot.bottom, x(at), plot.bottom + 5, DIM);
    picture.text(x(at) - 2.5 * LETTER.width, plot.bottom + 10, new Date(at).toISOString().slice(11, 16), DIM);
  }
  for (const { value, label } of horizontal) {
    picture.line(MARGIN.left, y(value), plot.right, y(value), BOUND, { dashed: true });
    picture.text(MARGIN.left + 4, y(value) - LETTER.height, label, BOUND);
  }
  vertical.forEach(({ at, label }, i) => {
    picture.line(x(at), MARGIN.top, x(at), plot.bottom, DIM, { dashed: true });
    const wide = label.length * LETTER.width;
    const left = x(at) + 4 + wide > width ? x(at) - 4 - wide : x(at) + 4;
    picture.text(left, MARGIN.top + 2 + i * LETTER.height, label, DIM);
  });
  let legend = MARGIN.left;
  lines.forEach(({ label, points }, i) => {
    const colour = LINES[i % LINES.length] ?? INK;
    points.forEach(({ at, value }, j) => {
      const before = points[j - 1];
      if (before && at - before.at <= period)
        picture.line(x(before.at), y(before.value), x(at), y(value), colour, { bold: true });
      else picture.line(x(at), y(value), x(at) + 1, y(value), colour, { bold: true });
    });
    picture.line(legend, height - 15, legend + 18, height - 15, colour, { bold: true });
    picture.text(legend + 26, height - 22, label, INK);
    legend += 26 + (label.length + 2) * LETTER.width;
  });
  return picture.png();
}

/** Round numbers that hold everything that is shown. */
function scale({ lines, horizontal, minimum }: Chart): number[] {
  const values = [...lines.flatMap(({ points }) => points), ...horizontal].map(({ value }) => value);
  const least = minimum ?? Math.min(0, ...values);
  const most = Math.max(least + 1e-9, ...values, values.length === 0 ? 1 : Number.NEGATIVE_INFINITY);
  const rough = (most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find(factor => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(least / step);
  const count = Math.max(1, Math.ceil(most / step) - first);
  return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Whole minutes, at most ten. */
function moments(from: number, to: number): number[] {
  const minutes = (to - from) / MINUTE;
  const step = ([1, 2, 5, 10, 15, 30, 60, 120, 240, 720].find(each => minutes / each <= 10) ?? 1440) * MINUTE;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
}

const short = (value: number) => (Math.abs(value) >= 100_000 ? value.toExponential(0) : String(value));

const fitting = (text: string, width: number) => text.slice(0, Math.floor(width / LETTER.width));

/** Pixels, lines and letters. */
class Picture {
  private readonly pixels: PNG;

  constructor(width: number, height: number) {
    this.pixels = new PNG({ width, height });
    this.pixels.data.fill(255);
  }

  line(x1: number, y1: number, x2: number, y2: number, colour: Colour, { bold = false, dashed = false } = {}): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1))));
    for (let i = 0; i <= steps; i++) {
      if (dashed && i % 8 > 4) continue;
      const [px, py] = [Math.round(x1 + ((x2 - x1) * i) / steps), Math.round(y1 + ((y2 - y1) * i) / steps)];
      this.dot(px, py, colour);
      if (bold) {
        this.dot(px + 1, py, colour);
        this.dot(px, py + 1, colour);
      }
    }
  }

  /** Each pixel of a letter is a square of two. */
  text(left: number, top: number, text: string, colour: Colour): void {
    [...text].forEach((letter, i) => {
      const place = font.lookup.indexOf(letter);
      const columns = font.fontData.slice(place * font.width, (place + 1) * font.width);
      if (place < 0) return;
      columns.forEach((column, dx) => {
        for (let dy = 0; dy < 8; dy++) {
          if (!((column >> dy) & 1)) continue;
          const [x, y] = [Math.round(left) + i * LETTER.width + dx * 2, Math.round(top) + dy * 2];
          for (const [a, b] of [
            [0, 0],
            [1, 0],
            [0, 1],
            [1, 1],
          ] as const)
            this.dot(x + a, y + b, colour);
        }
      });
    });
  }

  png(): Uint8Array {
    return new Uint8Array(PNG.sync.write(this.pixels));
  }

  private dot(x: number, y: number, [red, green, blue]: Colour): void {
    const { width, height, data } = this.pixels;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (y * width + x) * 4;
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  }
}
