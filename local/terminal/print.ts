import { styleText } from 'node:util';
import { terminalJson, terminalText } from '../../lambda/domain/encoding/terminal.ts';

/** The one place of a rehearsal that writes to a terminal: scenarios and events may say anything. */

export type Style = Parameters<typeof styleText>[0];

/** A part of a line: plain, or in a style. */
export type Part = string | readonly [style: Style, text: string];

/** Prints a line in its styles. */
export function printLine(...parts: readonly Part[]): void {
  process.stdout.write(`${parts.map(shown).join('')}\n`);
}

const shown = (part: Part): string =>
  typeof part === 'string' ? terminalText(part) : styleText(part[0], terminalText(part[1]));

/** Prints text as it is. */
export const print = (text = ''): void => printLine(text);

/** Prints a value as one line of JSON. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${terminalJson(value)}\n`);
};

/** Prints on stderr. */
export const complain = (text: string): void => {
  process.stderr.write(`${terminalText(text)}\n`);
};

/** Shows a line on stderr that the next one replaces; an empty one erases it. Only for a terminal. */
export const replaceLine = (text: string): void => {
  process.stderr.write(`\r\u001b[2K${terminalText(text)}`);
};

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
