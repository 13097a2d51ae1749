import { CommanderError } from 'commander';
import { SynthesisFailed } from './synthesize.ts';

/** Prints why a command failed, where its parser has not yet, and gives its exit code: 2 for wrong usage. */
export function exitCodeAfter(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(error instanceof SynthesisFailed ? `error: ${error.message}` : error);
  return 1;
}
