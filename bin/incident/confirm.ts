import { createInterface } from 'node:readline/promises';
import { terminalText } from '../../lambda/domain/encoding/terminal.ts';
import { Failure } from './failure.ts';

/** Asks a person on a terminal. */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Failure(2, 'No terminal to ask on: use --yes to continue without confirmation.');
  return answered(question);
}

/** Asks whether it is over although alarms are red. @throws Failure unless somebody says so */
export async function confirmRed(red: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new Failure(
      4,
      `${red}\nNothing was done: no terminal to ask on. Use --while-red to resolve it all the same.`,
    );
  if (!(await answered(`${red}\nIs it over all the same? [y/N] `))) throw new Failure(4, 'Nothing was done.');
}

async function answered(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(terminalText(question))).trim());
  } finally {
    asking.close();
  }
}
