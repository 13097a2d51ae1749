import { terminalJson, terminalText } from '../lambda/domain/encoding/terminal.ts';

/** The one place of the command line that writes to a terminal: names, notes and alarms come from outside. */

/** Prints on stdout. */
export const print = (text: string): void => {
  process.stdout.write(`${terminalText(text)}\n`);
};

/** Prints a value as JSON on stdout. */
export const printJson = (value: unknown, replacer?: (key: string, value: unknown) => unknown): void => {
  process.stdout.write(`${terminalJson(value, replacer)}\n`);
};

/** Prints on stderr. */
export const complain = (text: string): void => {
  process.stderr.write(`${terminalText(text)}\n`);
};

/** Shows a line on stderr that the next one replaces; an empty one clears it. Only for a terminal. */
export const replaceLine = (text: string): void => {
  process.stderr.write(`\r\u001b[2K${terminalText(text)}`);
};
