import { expect, it } from 'vitest';
import { planOf } from '../../local/simulation/draw.ts';
import { live } from '../../local/simulation/live.ts';
import { troublesOf } from '../../local/simulation/plan.ts';
import { judge } from '../../local/simulation/properties/index.ts';
import { assembly } from './world.ts';

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

it.each(seeds)('nothing in world %i goes against a property (npm run simulate -- --world …)', async seed => {
  const chronicle = await live(assembly(), planOf(seed));
  expect(judge(chronicle)).toEqual([]);
});

it('the same plan comes to the same, call by call', async () => {
  const plan = planOf(2);
  const [one, other] = [await live(assembly(), plan), await live(assembly(), plan)];
  expect(one.calls).toBeGreaterThan(1000);
  expect(one.hash).toBe(other.hash);
});

it('half of the worlds have two troubles or more', () => {
  const many = Array.from({ length: 400 }, (_, i) => troublesOf(planOf(i + 1)).length);
  expect(many.filter(count => count > 1).length).toBeGreaterThanOrEqual(200);
  expect(Math.max(...many)).toBe(4);
  expect(Math.min(...many)).toBe(0);
});
