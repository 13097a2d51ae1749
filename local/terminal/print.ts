import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** A part of a line: plain, or in a style. */
export type Part = string | readonly [style: Style, text: string];

/** Prints a line. All that a rehearsal shows people passes here. */
export function printLine(...parts: readonly Part[]): void {
  process.stdout.write(`${parts.map(shown).join('')}\n`);
}

const shown = (part: Part): string => (typeof part === 'string' ? part : styleText(part[0], part[1]));

/** The text of a line without its styles. */
export const plain = (parts: readonly Part[]): string =>
  parts.map(part => (typeof part === 'string' ? part : part[1])).join('');

/** Breaks text at blanks. A word that is longer than a line is left whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
