import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer; `what` names the thing in the error when time is up. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  options: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const { withinMs = 30_000, everyMs = 100 } = options;
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}.`);
    await sleep(everyMs);
  }
}
