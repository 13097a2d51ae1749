import { setTimeout as pause } from 'node:timers/promises';

/** Longer than ECS has been seen to answer with the state before a change. No document says for how long it may. */
const MILLISECONDS = 11_000;

/**
 * Waits before a function looks at a service that it is about to change, so that it sees what a person changed while automation
 * decided, and does not overwrite it. A dry run need not wait.
 */
export async function settled({ dryRun }: { dryRun: boolean }): Promise<void> {
  if (!dryRun) await pause(MILLISECONDS);
}
