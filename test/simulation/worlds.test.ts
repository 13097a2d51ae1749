import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { planOf } from '../../local/simulation/draw.ts';
import { type Plan, readPlan, troublesOf } from '../../local/simulation/plan.ts';
import { ALL_POINTS, nameOf, planOfPoint } from '../../local/simulation/points.ts';
import { Workers } from '../../local/simulation/workers.ts';

const workers = new Workers(inject('assembly'));
afterAll(() => workers.end());

const violationsIn = async (plan: Plan) => (await workers.live(plan)).violations;

/** Plans that once went against a property, as `npm run simulate -- --shrink` printed them. */
const KEPT = join(import.meta.dirname, 'cases', 'worlds');

describe.concurrent('nothing goes against a property', () => {
  it.each(readdirSync(KEPT))('any more in %s', async name => {
    expect(await violationsIn(readPlan(readFileSync(join(KEPT, name), 'utf8')))).toEqual([]);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i + 1))('in world %i (npm run simulate -- --world …)', async seed => {
    expect(await violationsIn(planOf(seed))).toEqual([]);
  });
});

/** Each day strikes other points, as many as CI has time for; FAULT_POINTS=<seed> strikes those of a seed. */
const { FAULT_POINTS } = process.env;
const day = FAULT_POINTS ? Number(FAULT_POINTS) : Math.floor(Date.now() / (24 * 60 * 60_000));
const STRIDE = 160;
const struck = ALL_POINTS.filter((_, i) => (i + day) % STRIDE === 0);

describe.concurrent(`fault points (FAULT_POINTS=${day}, ${struck.length} of ${ALL_POINTS.length})`, () => {
  it.each(struck.map(nameOf))(`%s (npm run simulate -- --seed ${day} --point …)`, async name => {
    const point = struck.find(other => nameOf(other) === name);
    const lived = point && (await workers.live(planOfPoint(point, day)));
    expect(lived?.violations).toEqual([]);
    expect(lived?.points).toContain(name);
  });
});

it('the same plan comes to the same, call by call', async () => {
  const plan = planOf(2);
  const [one, other] = await Promise.all([workers.live(plan), workers.live(plan)]);
  expect(one.calls).toBeGreaterThan(1000);
  expect(one.hash).toBe(other.hash);
});

it('half of the worlds have two troubles or more', () => {
  const many = Array.from({ length: 400 }, (_, i) => troublesOf(planOf(i + 1)).length);
  expect(many.filter(count => count > 1).length).toBeGreaterThanOrEqual(200);
  expect(Math.max(...many)).toBe(4);
  expect(Math.min(...many)).toBe(0);
});
