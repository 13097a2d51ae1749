import { setTimeout as sleep } from 'node:timers/promises';

const started = Date.now();
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Says what is being waited for: every two seconds, with the last note of the work, and at its end. */
export async function step<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
  const from = Date.now();
  let noted = '';
  const say = (text: string) => process.stderr.write(`  ${seconds(started).padStart(7)}  ${name} ${text}\n`);
  const heartbeat = setInterval(() => say(`… ${noted}`), 2_000);
  try {
    const result = await work(text => {
      noted = text;
    });
    say(`took ${seconds(from)}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Asks again and again until there is an answer; `what` names the thing in the error when time is up. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, withinSeconds = 300): Promise<T> {
  const deadline = Date.now() + withinSeconds * 1_000;
  return step(what, async () => {
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new Error(`Waited ${withinSeconds} s in vain for ${what}.`);
      await sleep(100);
    }
  });
}
