import { type Part, type Style, wrap } from '../print.ts';

/** Something that is told: when it happened, where that matters, and what. */
export interface Row {
  /** ISO 8601. */
  at?: string | undefined;
  text: string;
  style?: Style;
  /** The outcome: it closes the text, and is never cut. */
  end?: string;
  endStyle?: Style;
}

/** A part of the story, e.g. `Tried`, in at most so many lines. */
export interface Section {
  label: string;
  rows: readonly Row[];
  most: number;
}

export const WIDTH = 80;
const LABEL = 10;

/** The sections below one another: labels, times and texts in columns. */
export function layOut(sections: readonly Section[]): Part[][] {
  const days = new Set(sections.flatMap(({ rows }) => rows.flatMap(({ at }) => (at ? [at.slice(0, 10)] : []))));
  const when = ({ at }: Row) => (at ? at.slice(days.size > 1 ? 5 : 11, 16).replace('T', ' ') : '');
  const column = (days.size > 1 ? 'MM-DD hh:mm' : 'hh:mm').length + 1;
  const width = WIDTH - LABEL - column;
  return sections.flatMap(({ label, rows, most }) =>
    fitted(rows, width, most).flatMap(({ row, lines }, r) =>
      lines.map((line, l): Part[] => [
        ['bold', (r === 0 && l === 0 ? label : '').padEnd(LABEL)],
        ['dim', (l === 0 ? when(row) : '').padEnd(column)],
        ...styled(line, row),
      ]),
    ),
  );
}

interface Fitted {
  row: Row;
  lines: string[];
}

/** The rows in so many lines: long ones are cut first, then those between the first and the last are counted. */
function fitted(rows: readonly Row[], width: number, most: number): Fitted[] {
  const left = rows.length > most ? [...rows.slice(0, most - 2), moreOf(rows, most), ...rows.slice(-1)] : rows;
  let free = most - left.length;
  return left.map(row => {
    const lines = linesOf(row, width, 1 + free);
    free -= lines.length - 1;
    return { row, lines };
  });
}

function linesOf({ text, end = '' }: Row, width: number, most: number): string[] {
  const lines = wrap(text + end, width);
  if (lines.length <= most) return lines;
  const full = wrap(text, width).slice(0, most);
  const last = `${full.at(-1)} …`;
  return [...full.slice(0, -1), cut(last, width - end.length) + end];
}

const moreOf = (rows: readonly Row[], most: number): Row => ({
  text: `… ${rows.length - most + 1} more`,
  style: 'dim',
});

export const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1).trimEnd()}…` : text;

/** A line of a row in its styles; the end has its own where it stands in one line. */
function styled(line: string, { style, end, endStyle }: Row): Part[] {
  const inStyle = (text: string): Part => (style ? [style, text] : text);
  if (!end || !endStyle || !line.endsWith(end)) return [inStyle(line)];
  return [inStyle(line.slice(0, -end.length)), [endStyle, end]];
}
