import { createHash } from 'node:crypto';
import { withSynthesis } from '../local/rehearsal/synthesize.ts';
import { nobodyAnswers } from '../local/scenarios/nobody-answers.ts';
import { RehearsalWorld } from '../local/world/world.ts';

/** CPU seconds for a virtual hour on a quiet machine. */
const GOAL = 0.5;
/** How many times the CPU time of its peer an hour may take: a slow or busy machine slows both. */
const LIMIT = 2;
const HOURS = 5;
const HOUR = 60 * 60_000;

/** By then everybody has been called, and the functions' code is compiled as it is for most hours of a long simulation. */
const WARM_UP = 24 * HOUR;

/** Rounds of the peer's work. */
const ROUNDS = 120_000;

const cpuSeconds = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

/** Work of a kind that a simulated hour consists of: objects as JSON and back, many small ones, and hashes. */
function peer(): string {
  let hash = 'incident';
  for (let round = 0; round < ROUNDS; round++) {
    const event = { id: hash, seq: round, at: new Date(round).toISOString(), signals: [{ hash, ok: round % 2 === 0 }] };
    const copies = new Map(Object.entries(JSON.parse(JSON.stringify(event))));
    hash = createHash('sha256')
      .update(JSON.stringify([...copies]))
      .digest('hex');
  }
  return hash;
}

const hours = await withSynthesis(async assembly => {
  const world = await RehearsalWorld.create(assembly, 7);
  nobodyAnswers.inject(world);
  const first = await cpuSeconds(() => world.clock.run(HOUR));
  console.log(`simulation, an hour of an open P2 incident that nobody answers: the first ${first.toFixed(2)} CPU s`);
  await world.clock.run(WARM_UP - HOUR);
  const incidents = [...world.incidents.values()];
  if (!incidents.some(({ severity, status }) => severity === 'P2' && status !== 'resolved'))
    throw new Error('no P2 incident is open');
  peer();
  const measured: { hour: number; peer: number }[] = [];
  while (measured.length < HOURS) {
    const hour = await cpuSeconds(() => world.clock.run(HOUR));
    measured.push({ hour, peer: await cpuSeconds(peer) });
  }
  return measured;
});

for (const [index, { hour, peer }] of hours.entries())
  console.log(
    `  hour ${index + 25}: ${hour.toFixed(2)} CPU s, ${(hour / GOAL).toFixed(2)} of the goal of ${GOAL} s; peer ${peer.toFixed(2)} CPU s`,
  );
const cheapest = (of: 'hour' | 'peer') => Math.min(...hours.map(measured => measured[of]));
const ratio = cheapest('hour') / cheapest('peer');
console.log(
  `  the cheapest hour takes ${ratio.toFixed(2)} times its peer, ${(ratio / LIMIT).toFixed(2)} of the limit of ${LIMIT}`,
);
if (!(ratio <= LIMIT)) {
  console.error(`simulation: a virtual hour took longer than ${LIMIT} times its peer`);
  process.exitCode = 1;
}
