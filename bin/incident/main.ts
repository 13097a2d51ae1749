import { type Command, CommanderError } from 'commander';
import { complain, printJson } from '../terminal.ts';
import { commands } from './commands.ts';
import { type ExitCode, explained, Failure } from './failure.ts';

/** Carries out one command line. @returns the exit code. */
export async function main(argv: string[]): Promise<ExitCode> {
  const program: Command = commands();
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed the fault already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { code, message } = error instanceof Failure ? error : explained(error, 'this command');
    const { json } = program.opts<{ json?: boolean }>();
    if (json) printJson({ error: message, code });
    else complain(message);
    return code;
  }
}
