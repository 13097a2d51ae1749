import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { complain } from '../terminal/print.ts';
import { SynthesisFailed } from './synthesize.ts';

/** Prints why a command failed, where its parser has not yet, and gives its exit code: 2 for wrong usage. */
export function exitCodeAfter(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  complain(error instanceof SynthesisFailed ? `error: ${error.message}` : inspect(error));
  return 1;
}
