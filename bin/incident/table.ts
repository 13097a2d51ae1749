import { styleText } from 'node:util';
import Table from 'cli-table3';

const NARROWEST = 72;
const WIDEST = 140;
/** The width where stdout is no terminal. */
const DEFAULT_WIDTH = 110;

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap(side =>
    ['', '-mid', '-left', '-right'].map(end => [`${side}${end}`, '']),
  ),
);

/** A table without lines; the last column wraps in what is left of the terminal's width. */
export function table(rows: string[][], widths: number[], head: string[] = []): string {
  const total = Math.max(NARROWEST, Math.min(process.stdout.columns ?? DEFAULT_WIDTH, WIDEST));
  const last = Math.max(
    20,
    widths.reduce((left, width) => left - width, total),
  );
  const drawn = new Table({
    head: head.map(name => styleText('dim', name)),
    colWidths: [...widths, last],
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
    chars: NO_LINES,
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}
