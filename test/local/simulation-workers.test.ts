import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Plan } from '../../local/simulation/plan.ts';
import { Workers } from '../../local/simulation/workers.ts';

const plan = (seed: number): Plan => ({ seed, start: '2026-03-02T08:45:00.000Z', minutes: 9, faults: {}, events: [] });

/** Processes that tell the seed and themselves, and end at the seed 3. */
function workers(count: number): Workers {
  const directory = mkdtempSync(join(tmpdir(), 'workers-'));
  const module = join(directory, 'worker.cjs');
  const tell = '{ seed, hash: String(process.pid), violations: [] }';
  writeFileSync(module, `process.on('message', ({ seed }) => (seed === 3 ? process.exit(7) : process.send(${tell})))`);
  const made = new Workers(directory, count, module);
  onTestFinished(() => {
    made.end();
    rmSync(directory, { recursive: true });
  });
  return made;
}

const livedBy = (made: Workers, worlds: number) =>
  Promise.all(Array.from({ length: worlds }, (_, i) => made.live(plan(i + 1))));

it('a world that ends its process is told with its plan, and all others are lived', async () => {
  const lived = await livedBy(workers(2), 8);
  expect(lived.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const [died] = lived.flatMap(({ violations }) => violations);
  expect(died?.property).toBe('the world lives to its end');
  expect(died?.what).toContain(`its process ended with 7: ${JSON.stringify(plan(3))}`);
  expect(lived.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed)).toEqual([3]);
});

it('a process is ended after many worlds, and another goes on', async () => {
  const made = workers(1);
  const processes = [];
  for (let i = 0; i < 50; i++) processes.push((await made.live(plan(9))).hash);
  expect(new Set(processes).size).toBe(2);
});
