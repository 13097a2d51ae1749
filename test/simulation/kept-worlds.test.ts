import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { live } from '../../local/simulation/live.ts';
import { readPlan } from '../../local/simulation/plan.ts';
import { judge } from '../../local/simulation/properties/index.ts';
import { assembly } from './world.ts';

/** Plans that once went against a property, as `npm run simulate -- --shrink` printed them. */
const KEPT = join(import.meta.dirname, 'cases', 'worlds');

it.each(readdirSync(KEPT))('nothing in %s goes against a property any more', async name => {
  const plan = readPlan(readFileSync(join(KEPT, name), 'utf8'));
  expect(judge(await live(assembly(), plan))).toEqual([]);
});
