import type { ChildProcess } from 'node:child_process';

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone, which is all that was asked for.
  }
}

/** Ends a process that leads a group, and the rest of the group with it. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) {
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    signalGroup(child, 'SIGTERM');
    const impatience = setTimeout(() => signalGroup(child, 'SIGKILL'), 3_000);
    await ended;
    clearTimeout(impatience);
  }
  signalGroup(child, 'SIGKILL');
}
