import { terminalJson, terminalText } from '../../lambda/domain/encoding/terminal.ts';

/** The one place of a rehearsal that writes to a terminal: scenarios and events may say anything. */

/** Prints on stdout. */
export const print = (text = ''): boolean => process.stdout.write(`${terminalText(text)}\n`);

/** Prints a value as one line of JSON on stdout. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${terminalJson(value)}\n`);
};

/** Prints on stderr. */
export const complain = (text: string): void => {
  process.stderr.write(`${terminalText(text)}\n`);
};

/** Shows a line on stderr that the next one replaces; an empty one clears it. Only for a terminal. */
export const replaceLine = (text: string): void => {
  process.stderr.write(`\r\u001b[2K${terminalText(text)}`);
};
